/*
 * Kernel modules: see modules.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "modules.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool load(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool loaded;

    if (file < 0) {
        return false;
    }
    loaded = !syscall(SYS_finit_module, file, "", 0);
    close(file);
    return loaded;
}

bool modules_load(const char *folder)
{
    char path[600];
    struct dirent **files;
    bool good;
    int count;

    snprintf(path, sizeof(path), "/modules/%s", folder);
    count = scandir(path, &files, NULL, alphasort);
    good = count >= 0;
    for (int i = 0; i < count; i++) {
        if (files[i]->d_name[0] != '.') {
            snprintf(path, sizeof(path), "/modules/%s/%s", folder,
                     files[i]->d_name);
            good = good && load(path);
        }
        free(files[i]);
    }
    if (count >= 0) {
        free(files);
    }
    return good;
}
