export * from "./drivers/contract/mod.ts";
