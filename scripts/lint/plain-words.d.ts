import type { Rule } from 'eslint'

export function translatedPhrases(text: string): readonly { readonly found: string; readonly say: string }[]
export const plainWords: Rule.RuleModule
