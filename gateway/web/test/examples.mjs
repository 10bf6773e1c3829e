// Takes the examples out of the documents, so that they are checked like all other code.

import { mkdir, readFile, writeFile } from "node:fs/promises";

await mkdir("build/examples", { recursive: true });
for (const [name, path] of [["client", "README.md"], ["suite", "../../README.md"]]) {
  const [, example] = (await readFile(path, "utf8")).match(/^```ts\n(.*?)^```$/ms);
  await writeFile(`build/examples/${name}.ts`, example);
}
