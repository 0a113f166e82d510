// SPDX-License-Identifier: GPL-2.0-or-later
package mplm.harness.rig;

import java.util.HexFormat;
import java.util.List;

/**
 * The smallest guest: a boot sector that writes a boot record to the first serial port again and again, in real mode.
 *
 * <pre>
 *         cli
 *         xor   ax, ax
 *         mov   ds, ax
 * next:   mov   si, 0x7c20        ; the text
 *         cld
 * char:   lodsb
 *         test  al, al
 *         jz    next
 *         mov   bl, al
 * wait:   mov   dx, 0x3fd         ; line status: holding register empty?
 *         in    al, dx
 *         test  al, 0x20
 *         jz    wait
 *         mov   dx, 0x3f8
 *         mov   al, bl
 *         out   dx, al
 *         jmp   char
 * text:   db    "@mplm boot t=0.000000", 10, 0
 *         (zeros)
 *         dw    0xaa55            ; at 510
 * </pre>
 */
final class BootSector {
  private static final String CODE = "fa 31c0 8ed8 be207c fc ac 84c0 74f7 88c3 bafd03 ec a820 74f8 baf803 88d8 ee ebe9";
  private static final String TEXT = "@mplm boot t=0.000000\n";

  private BootSector() {}

  static byte[] image() {
    byte[] image = new byte[512];
    byte[] code = HexFormat.of().parseHex(CODE.replace(" ", ""));
    System.arraycopy(code, 0, image, 0, code.length);
    for (int i = 0; i < TEXT.length(); i++) {
      image[code.length + i] = (byte) TEXT.charAt(i);
    }
    image[510] = 0x55;
    image[511] = (byte) 0xaa;
    return image;
  }

  /** QEMU's arguments to boot it: the firmware finds an IDE disk, and a plain CPU asks least of KVM. */
  static List<String> arguments(String path) {
    return List.of("-cpu", "qemu64", "-drive", "if=none,id=boot,format=raw,file=" + path.replace(",", ",,"),
        "-device", "piix3-ide,id=ide1", "-device", "ide-hd,drive=boot,bus=ide1.0");
  }
}
