// JavaScript, unlike everything else here, because ESLint loads it with whichever Node runs ESLint.
import phrases from './plain-words.json' with { type: 'json' }

const WORDS = phrases.map(({ phrase, say }) => ({ pattern: new RegExp(`\\b(?:${phrase})\\b`, 'gi'), say }))

/** The phrases in a text that read as translated, with what to write instead; line breaks count as spaces. */
export function translatedPhrases(text) {
  const line = text.replace(/\s*\n[\s*]*/g, ' ')
  return WORDS.flatMap(({ pattern, say }) => [...line.matchAll(pattern)].map(([found]) => ({ found, say })))
}

/** The ESLint rule: comments, strings and template literals contain none of these phrases. */
export const plainWords = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { translated: 'Reads as translated: "{{found}}". Write {{say}} instead.' },
  },
  create(context) {
    const check = (node, text) => {
      for (const data of translatedPhrases(text)) context.report({ loc: node.loc, messageId: 'translated', data })
    }
    return {
      Program: () => context.sourceCode.getAllComments().forEach((comment) => check(comment, comment.value)),
      Literal: (node) => typeof node.value === 'string' && check(node, node.value),
      TemplateElement: (node) => check(node, node.value.cooked ?? ''),
    }
  },
}
