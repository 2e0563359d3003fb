import js from '@eslint/js'
import tseslint from 'typescript-eslint'
import { plainWords } from './scripts/lint/plain-words.js'

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'stack/.data/', 'stack/.lib/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A literal beside `string` tells which text has a meaning of its own.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      // Ports are asynchronous even where a backend answers at once.
      '@typescript-eslint/require-await': 'off',
      // The runner collects what `test` and `describe` return.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          // A constructor has no other way.
          selector: ':matches(PropertyDefinition, MethodDefinition[kind!="constructor"])[accessibility="private"]',
          message: 'Use #name.',
        },
      ],
    },
  },
  {
    files: ['src/console/static/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...[
            'AbortSignal',
            'CSS',
            'DOMParser',
            'EventSource',
            'HTMLProgressElement',
            'HTMLSelectElement',
            'URLSearchParams',
          ],
          ...['clearTimeout', 'document', 'fetch', 'location', 'sessionStorage', 'setTimeout', 'window'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { local: { rules: { 'plain-words': plainWords } } },
    rules: { 'local/plain-words': 'error' },
  },
)
