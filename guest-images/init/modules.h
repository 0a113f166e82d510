/*
 * Kernel modules, which the image has in folders by purpose.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MODULES_H
#define MODULES_H

#include <stdbool.h>

/*
 * Load all modules of /modules/FOLDER, in the order of their names. False if
 * one cannot be loaded (errno), or there is no such folder.
 */
bool modules_load(const char *folder);

#endif
