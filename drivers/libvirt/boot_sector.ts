/**
 * The smallest guest there is, on the suite's blank disk: it obeys no power button, and switches itself
 * off when a key is pressed. So cases that need an end from inside need not boot a system for it.
 *
 * @module
 */

const SECTOR = 512;

/**
 * What a BIOS runs: 16-bit code. It asks the keyboard itself, not the BIOS: keys that are pressed while the
 * BIOS sets the keyboard up can leave it without one.
 */
const CODE = [
  ...[0xe4, 0x21, 0x0c, 0x02, 0xe6, 0x21], // in al, 0x21; or al, 2; out 0x21, al: nobody else hears keys
  ...[0xb0, 0xae, 0xe6, 0x64], // mov al, 0xae; out 0x64, al: the keyboard is on
  ...[0xb0, 0xf4, 0xe6, 0x60], // mov al, 0xf4; out 0x60, al: and tells of keys
  0xfb, // sti
  0xf4, // loop: hlt, until the next tick
  ...[0xe4, 0x64, 0xa8, 0x01, 0x74, 0xf9], // in al, 0x64; test al, 1; jz loop
  ...[0xe4, 0x60, 0x3c, 0x1c, 0x74, 0x04], // in al, 0x60; cmp al, 0x1c; je off: Enter
  ...[0x3c, 0x5a, 0x75, 0xef], // cmp al, 0x5a; jne loop: or Enter, where scan codes are not translated
  ...[0xba, 0x04, 0x06], // off: mov dx, 0x604: where SeaBIOS puts the ACPI control register of a q35
  ...[0xb8, 0x00, 0x20], // mov ax, 0x2000: sleep, and of that QEMU's kind 0, which is off
  0xef, // out dx, ax
  0xf4, // hlt
  ...[0xeb, 0xfd], // jmp to the hlt
];

/** By which a BIOS knows a disk to boot from. */
const SIGNATURE = [0x55, 0xaa];

/** The first sector of a disk with that guest. */
export function bootSector(): Uint8Array<ArrayBuffer> {
  const sector = new Uint8Array(SECTOR);
  sector.set(CODE);
  sector.set(SIGNATURE, SECTOR - SIGNATURE.length);
  return sector;
}
