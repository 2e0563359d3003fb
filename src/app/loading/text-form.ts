import { UnreadableExport } from './unreadable-export.ts'

const INSTEAD = 'Export it as plain text in UTF-8'

/** How files begin that are not UTF-8 text. */
const FORMS: readonly { readonly is: string; readonly begins: readonly (number | null)[] }[] = [
  { is: 'UTF-16', begins: [0xff, 0xfe] },
  { is: 'UTF-16', begins: [0xfe, 0xff] },
  // Without a byte order mark each letter of a header, each bracket of a document has a zero beside it.
  { is: 'UTF-16', begins: [null, 0x00] },
  { is: 'UTF-16', begins: [0x00, null] },
  { is: 'compressed (gzip)', begins: [0x1f, 0x8b] },
  { is: 'a ZIP archive, or a workbook', begins: [0x50, 0x4b, 0x03, 0x04] },
]

/** Throws `UnreadableExport` if a file begins as no text in UTF-8 does. */
export function refuseOtherText(beginning: Buffer): void {
  const form = FORMS.find(
    ({ begins }) =>
      beginning.length >= begins.length && begins.every((byte, at) => byte === null || beginning[at] === byte),
  )
  if (form === undefined) return
  throw new UnreadableExport([{ line: null, column: null, reason: `the file is ${form.is}. ${INSTEAD}` }])
}
