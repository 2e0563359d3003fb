// Fetches the console at an address with the files that its page names: the templates and files are in the package.
const address = process.argv[2] ?? ''
const page = await fetch(`${address}/console`)
const text = await page.text()
if (page.status !== 200) throw new Error(`/console answered ${page.status}: ${text.slice(0, 500)}`)
const files = [...text.matchAll(/(?:src|href)="(\/console\/[^"]+\.(?:css|js|svg|woff2?))(?:\?[^"]*)?"/g)].flatMap(
  ([, file]) => file ?? [],
)
if (!files.some((file) => file.endsWith('.css')) || !files.some((file) => file.endsWith('.js'))) {
  throw new Error(`/console names the files ${files.join(', ')}`)
}
for (const file of new Set(files)) {
  const answer = await fetch(`${address}${file}`)
  if (answer.status !== 200) throw new Error(`${file} answered ${answer.status}`)
}
console.log(`/console and ${new Set(files).size} files of it were served`)
