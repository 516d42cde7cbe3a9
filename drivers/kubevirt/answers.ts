/**
 * From HTTP responses to results and errors.
 *
 * @module
 */

import { BackendError, type Json } from "../backend/backend.ts";
import type { Access } from "./backend.ts";
import type { HttpResponse } from "./http.ts";
import { withoutCredentials } from "./redact.ts";
import { codeOf, type Refusal } from "./status.ts";

/** More than that is no answer of an API server to what is asked here. */
const LONGEST_BODY = 64 * 1024 * 1024;
/** What of a text that is no `Status` is kept. */
const LONGEST_MESSAGE = 1000;

/** What a response answers. */
export interface Asked {
  /** The path of the request. */
  readonly path: string;
  /** With which credentials: what stands before a server may quote all that it is sent. */
  readonly access: Access;
}

/** The whole body. @throws {BackendError} `garbled` if it is too long, and what reading it throws */
export async function textOf({ body }: HttpResponse): Promise<string> {
  let text = "";
  for await (const piece of body) {
    text += piece;
    if (text.length > LONGEST_BODY) {
      throw new BackendError("garbled", "", "The answer of the API server does not end");
    }
  }
  return text;
}

/**
 * The result in a response; null if it is empty.
 *
 * @throws {BackendError} `refused` with the code of the refusal, or `garbled`
 */
export async function resultOf(response: HttpResponse, asked: Asked): Promise<Json> {
  const text = await textOf(response);
  const { status } = response;
  if (status < 200 || status > 299) throw refused(response, text, asked);
  if (text === "") return null;
  const value = parsed(text);
  if (value !== undefined) return value;
  throw new BackendError("garbled", "", "The answer of the API server is no JSON");
}

/** The refusal in a response that is none of success. */
export function refused(
  response: HttpResponse,
  text: string,
  { path, access }: Asked,
): BackendError {
  const { status } = response;
  const value = parsed(text);
  const refusal = isStatus(value)
    ? refusalIn(value, status)
    : { status, reason: "", causes: [] } satisfies Refusal;
  const message = isStatus(value) && typeof value.message === "string" ? value.message : text;
  const retryAfter = Number(response.header("retry-after") ?? NaN);
  const hint = Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {};
  // The words for what is not installed do not tell what that is.
  const unserved = status === 404 && !isStatus(value);
  const where = `The API server does not serve ${path.replace(/\?.*/s, "")}: is it installed?`;
  return refusedWith({ ...refusal, ...hint }, unserved ? where : message, access);
}

/** The refusal in a `Status` that came inside a stream. */
export function refusedBy(
  status: Json | undefined,
  access: Access,
): { code: string; message: string } {
  const value = isStatus(status) ? status : {};
  const { code, message } = refusedWith(
    refusalIn(value, typeof value.code === "number" ? value.code : 500),
    typeof value.message === "string" ? value.message : "",
    access,
  );
  return { code, message };
}

function refusedWith(refusal: Refusal, message: string, access: Access): BackendError {
  // What is cut in the middle would not be found any more.
  const text = withoutCredentials(message.trim(), access).slice(0, LONGEST_MESSAGE);
  const note = noteIn(refusal, text);
  const code = codeOf(note ? { ...refusal, note } : refusal);
  return new BackendError("refused", code, text || `The API server answered ${code}`);
}

/** Kubernetes has no code for these: only its words, which are the same in every language. */
function noteIn({ status, reason }: Refusal, message: string): Refusal["note"] {
  if (status === 403 && message.includes("exceeded quota")) return "quota";
  if (status === 409 && message.startsWith("object is being deleted:")) return "being-deleted";
  if (status === 500 && reason === "InternalError" && message.includes("failed calling webhook")) {
    return "webhook";
  }
  return undefined;
}

type Fields = { readonly [key: string]: Json | undefined };

function refusalIn(body: Fields, status: number): Refusal {
  const details = isObject(body.details) ? body.details : {};
  const text = (value: Json | undefined): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;
  const causes = Array.isArray(details.causes) ? details.causes.filter(isObject) : [];
  const { retryAfterSeconds } = details;
  return {
    status,
    reason: text(body.reason) ?? "",
    group: text(details.group),
    kind: text(details.kind),
    name: text(details.name),
    causes: causes.map(({ reason, field }) => ({
      reason: text(reason) ?? "",
      field: text(field) ?? "",
    })),
    ...(typeof retryAfterSeconds === "number" && { retryAfterSeconds }),
  };
}

/** The JSON value of a text, or undefined if it is none. */
export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value has fields. */
export function isObject(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStatus(value: Json | undefined): value is Fields {
  return isObject(value) && value.kind === "Status";
}
