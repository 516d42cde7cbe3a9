/**
 * What a class of machines may say about disks and the volumes behind them.
 *
 * Their data volumes are made by KubeVirt once the machine is there: what CDI refuses of them comes when
 * nobody asks any more.
 *
 * @module
 */

import {
  type Fields,
  fieldsOf,
  flag,
  having,
  isFields,
  label,
  labelKey,
  labelValue,
  list,
  map,
  object,
  objectName,
  oneOf,
  opaque,
  plain,
  quantity,
  type Rule,
  text,
  whole,
  wrong,
} from "./provider_spec_rules.ts";

const reference = object({ apiGroup: plain, kind: plain, name: objectName, namespace: label }, {
  required: ["kind", "name"],
});

const MODES = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"];

/** CDI takes sizes and modes of a `storage` from its profile of the class, and those of a `pvc` from nowhere. */
const oneMode: Rule = (value, path) => {
  list(oneOf(...MODES))(value, path);
  if (Array.isArray(value) && value.length !== 1) throw wrong(path, "must have exactly one mode");
};

/** Empty for volumes that somebody else provides. */
const storageClassName: Rule = (value, path) => {
  if (value !== "") objectName(value, path);
};

const claim = (accessModes: Rule, required: readonly string[]): Rule =>
  object({
    accessModes,
    dataSource: reference,
    dataSourceRef: reference,
    resources: object({
      requests: object({ storage: quantity }, { required: ["storage"] }),
      limits: object({ storage: quantity }),
    }, { required: ["requests"] }),
    selector: object({ matchLabels: map(labelKey, labelValue), matchExpressions: list(opaque) }),
    storageClassName,
    volumeMode: oneOf("Filesystem", "Block"),
    volumeName: objectName,
  }, { required });

const address = having({ url: plain });
const elsewhere = having({ namespace: label, name: objectName });

/** Where CDI takes the content of a volume from. */
const sources = object({
  blank: opaque,
  gcs: address,
  http: having({ url: text(/^https?:\/\/\S+$/, "an address that begins with http or https") }),
  imageio: address,
  pvc: elsewhere,
  registry: opaque,
  s3: address,
  snapshot: elsewhere,
  upload: opaque,
  vddk: address,
});

const dataVolumeFields = object({
  source: sources,
  sourceRef: object({ kind: oneOf("DataSource"), name: objectName, namespace: label }, {
    required: ["kind", "name"],
  }),
  pvc: claim(oneMode, ["resources", "accessModes"]),
  storage: claim(list(oneOf(...MODES, "ReadWriteOncePod")), []),
  contentType: oneOf("kubevirt", "archive"),
  preallocation: flag,
  priorityClassName: objectName,
});

/** A data volume: with one source, and one way to say how large it is. */
export const dataVolume: Rule = (value, path) => {
  dataVolumeFields(value, path);
  const fields = fieldsOf(value, path);
  exactlyOne(fields, path, ["pvc", "storage"]);
  if (isPopulated(fields.pvc ?? fields.storage)) {
    const beside = ["source", "sourceRef"].find((name) => fields[name] !== undefined);
    if (beside) throw wrong(`${path}.${beside}`, "must not be beside a dataSource of the claim");
    return;
  }
  exactlyOne(fields, path, ["source", "sourceRef"]);
  if (isFields(fields.source) && Object.keys(fields.source).length !== 1) {
    throw wrong(`${path}.source`, "must have exactly one field, such as http, registry or blank");
  }
};

/** Whether a claim is filled by somebody else than CDI. */
function isPopulated(claim: unknown): boolean {
  return isFields(claim) && (claim.dataSource ?? claim.dataSourceRef) !== undefined;
}

function exactlyOne(fields: Fields, path: string, names: readonly string[]): void {
  const given = names.filter((name) => fields[name] !== undefined);
  if (given.length === 0) throw wrong(`${path}.${names[0]}`, `is missing, or ${names[1]}`);
  if (given.length > 1) throw wrong(`${path}.${given[1]}`, `must not be beside ${given[0]}`);
}

const volumeFields = object({
  name: label,
  dataVolume,
  volumeSource: object({
    persistentVolumeClaim: object({ claimName: objectName, readOnly: flag }, {
      required: ["claimName"],
    }),
    configMap: object({ name: objectName, optional: flag, volumeLabel: plain }, {
      required: ["name"],
    }),
    secret: object({ secretName: objectName, optional: flag, volumeLabel: plain }, {
      required: ["secretName"],
    }),
  }),
}, { required: ["name"] });

/** A further volume. */
export const volume: Rule = (value, path) => {
  volumeFields(value, path);
  const fields = fieldsOf(value, path);
  exactlyOne(fields, path, ["dataVolume", "volumeSource"]);
  const { volumeSource } = fields;
  if (isFields(volumeSource) && Object.keys(volumeSource).length !== 1) {
    const why = "must have exactly one of persistentVolumeClaim, configMap, secret";
    throw wrong(`${path}.volumeSource`, why);
  }
};

const bus = oneOf("virtio", "sata", "scsi", "usb");

const diskFields = object({
  name: label,
  bootOrder: (_, path) => {
    throw wrong(path, "is not allowed: machines start from root-disk");
  },
  disk: object({ bus, readonly: flag, pciAddress: plain }),
  lun: object({ bus, readonly: flag, reservation: flag }),
  cdrom: object({ bus, readonly: flag, tray: oneOf("open", "closed") }),
  serial: plain,
  dedicatedIOThread: flag,
  cache: oneOf("none", "writethrough", "writeback"),
  io: oneOf("native", "threads"),
  tag: plain,
  blockSize: object({
    custom: object(
      { logical: whole(512), physical: whole(512), discardGranularity: whole(0) },
      { required: ["logical", "physical"] },
    ),
    matchVolume: object({ enabled: flag }),
  }),
  shareable: flag,
  errorPolicy: oneOf("stop", "ignore", "report", "enospace"),
}, { required: ["name"] });

/** A disk's settings. */
export const disk: Rule = (value, path) => {
  diskFields(value, path);
  const fields = fieldsOf(value, path);
  const [first, second] = ["disk", "lun", "cdrom"].filter((it) => fields[it] !== undefined);
  if (second) throw wrong(`${path}.${second}`, `must not be beside ${first}`);
};
