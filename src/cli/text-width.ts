/** Marks and invisible characters, which take no column. */
const NARROW = /^[\p{Mn}\p{Me}\p{Cf}]$/u
/** What a terminal shows in two columns. */
const WIDE =
  /^[\p{Script=Han}\p{Emoji_Presentation}\u1100-\u115f\u3000-\u303e\u3041-\u30ff\uac00-\ud7a3\uff01-\uff60\uffe0-\uffe6]$/u
const ASCII = /^[ -~]*$/

/** How many columns of a terminal a text takes. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const point of text) width += pointWidth(point)
  return width
}

function pointWidth(point: string): number {
  return NARROW.test(point) ? 0 : WIDE.test(point) ? 2 : 1
}

/** The text, or as much of its start as fits in so many columns, with an ellipsis. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let start = ''
  let left = width - 1
  for (const point of text) {
    left -= pointWidth(point)
    if (left < 0) break
    start += point
  }
  return `${start}…`
}
