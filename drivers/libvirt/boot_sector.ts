/**
 * The smallest guest there is, on the suite's blank disk: it obeys no power button, and switches itself
 * off when a key is pressed. So cases that need an end from inside need not boot a system for it.
 *
 * @module
 */

const SECTOR = 512;

/** What a BIOS runs: 16-bit code. */
const CODE = [
  ...[0x31, 0xc0], // xor ax, ax
  ...[0xcd, 0x16], // int 0x16: wait for a key
  ...[0xba, 0x04, 0x06], // mov dx, 0x604: where SeaBIOS puts the ACPI control register of a q35
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
