/** Pages of any size as batches of at most `size`, none of them empty. */
export async function* inBatches<Row>(
  pages: AsyncIterable<readonly Row[]>,
  size: number,
): AsyncGenerator<readonly Row[]> {
  for await (const page of pages) {
    for (let from = 0; from < page.length; from += size) {
      yield page.length <= size ? page : page.slice(from, from + size)
    }
  }
}

/**
 * The same pages, each asked for while the one before is worked on: the server and the reader then work at the same
 * time. Holds one page more.
 */
export async function* readAhead<Page>(pages: AsyncGenerator<Page>): AsyncGenerator<Page> {
  let next = pages.next()
  try {
    for (;;) {
      const page = await next
      if (page.done === true) return
      next = pages.next()
      // Who leaves early does not hear of it; who stays awaits the same promise.
      next.catch(() => undefined)
      yield page.value
    }
  } finally {
    await pages.return(undefined)
  }
}
