/**
 * Defects that kutti's Hyper-V driver shares with mutants of the reference driver.
 *
 * @module
 */

/** Their ids; the sections are those of the study of it. */
export const SHARED_DEFECTS: readonly string[] = [
  // 2.1 and 2.2
  "garbled-reply-panics",
  "start-refuses-the-running",
  "stop-refuses-the-stopped",
  "force-stop-refuses-the-stopped",
  "wildcards-delete-nothing",
  "wait-looks-once",
  "wait-is-always-25-seconds",
  "failed-wait-is-a-timeout",
  "wait-cannot-be-aborted",
  "status-error-sticks",
  "arguments-are-joined",
  "command-dials-the-stopped",
  "extra-parameters-are-dropped",
  // 2.3
  "open-writes-a-file",
  "bad-versions-are-skipped",
  "checksums-are-compared-as-text",
  "cut-transfer-blocks-the-next",
  "two-instances-collide",
  "failed-fetch-purges",
  "last-chunk-goes-unreported",
  "unknown-total-is-minus-1",
  "tampering-goes-unnoticed",
  "purge-again-is-not-found",
  "old-handle-is-detached",
  "malformed-list-is-empty",
  "corrupt-list-is-empty",
  "status-word-of-the-list",
  "create-takes-deprecated",
  "list-lives-in-memory",
  "full-disk-is-internal",
  // 2.4
  "names-joined-with-hyphens",
  "name-split-at-hyphens",
  "status-is-optimistic",
  "address-is-link-local",
  "address-of-the-first-start",
  // 2.5
  "create-leaves-it-running",
  "old-disk-is-used-again",
  "delete-needs-the-disk",
  "failed-create-leaves-a-machine",
  "failed-create-blocks-the-name",
  "both-creates-win",
];
