/** Tabs that show live pages, without a browser: their streams. */
export interface Tabs {
  /** Closes all streams, and resolves with the number of events that came in. */
  close(): Promise<number>
}

/** Opens the streams of overviews. */
export async function openTabs(address: string, count: number): Promise<Tabs> {
  const gone = new AbortController()
  let events = 0
  const read = async (body: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    try {
      for await (const chunk of body) events += decoder.decode(chunk, { stream: true }).match(/^event:/gm)?.length ?? 0
    } catch (error) {
      if (!gone.signal.aborted) throw error
    }
  }
  const reading: Promise<void>[] = []
  for (let tab = 0; tab < count; tab += 1) {
    const answer = await fetch(`${address}/console/events?view=overview`, { signal: gone.signal })
    if (!answer.ok || answer.body === null) throw new Error(`the stream answered ${answer.status}`)
    reading.push(read(answer.body))
  }
  return {
    close: async () => {
      gone.abort()
      await Promise.all(reading)
      return events
    },
  }
}
