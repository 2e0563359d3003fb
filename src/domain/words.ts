/** Text as it is searched and sorted: lower-case words of letters and digits, one space in between. Only `words` and `squashed` make it. */
export type Folded = string & { readonly folded: true }
