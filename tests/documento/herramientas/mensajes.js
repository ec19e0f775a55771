// Reads the messages' document as AsyncAPI's own parser does, each example held against its Avro schema.
import { readFileSync } from "node:fs";
import { AvroSchemaParser } from "@asyncapi/avro-schema-parser";
import { Parser } from "@asyncapi/parser";

const parser = new Parser();
parser.registerSchemaParser(AvroSchemaParser());
const { document, diagnostics } = await parser.parse(readFileSync(process.argv[2], "utf8"));
for (const { code, path, message } of diagnostics) {
  console.error(`${code} at ${path.join(".")}: ${message}`);
}
if (!document || diagnostics.length > 0) process.exit(1);
console.log(`${document.allMessages().length} messages, ${document.allOperations().length} operations: valid AsyncAPI`);
