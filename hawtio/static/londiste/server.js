// Requests to the daemon, by way of Jolokia.

/** What kept a request from being answered: 'gone' (no server), 'over' (the session), or 'refused' (with its message). */
export class Failure extends Error {
  constructor(kind, message) {
    super(message)
    this.kind = kind
  }
}

const FORBIDDEN = 403
const NOT_FOUND = 404

async function send(path, options) {
  let answer
  try {
    answer = await fetch(path, { credentials: 'same-origin', redirect: 'error', ...options })
  } catch {
    throw new Failure('gone', 'The daemon does not answer.')
  }
  if (answer.status === FORBIDDEN) throw new Failure('over', 'The session is over.')
  if (!answer.ok) throw new Failure('refused', `The console answers with status ${answer.status}.`)
  try {
    return await answer.json()
  } catch {
    throw new Failure('gone', 'The daemon does not answer.')
  }
}

const post = body =>
  send('jolokia', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

/** The message of an error as it was meant for the operator. */
const plain = text =>
  String(text ?? 'The daemon does not say why.')
    .replace(/^(?:[\w.$]+(?:Exception|Error)\s*:\s*)+/, '')
    .trim()

function value(answer) {
  if (answer.status === FORBIDDEN) throw new Failure('refused', 'That takes the role operator. You are signed in as a viewer.')
  if (answer.status !== 200) throw new Failure('refused', plain(answer.error))
  return answer.value
}

/**
 * Reads MBeans by pattern, several patterns at once. Returns a list for each pattern, of objects with the attributes and
 * `objectName`.
 */
export async function readAll(requests) {
  const answers = await post(
    requests.map(({ pattern, attributes }) => ({ type: 'read', mbean: pattern, attribute: attributes, config: { ignoreErrors: 'true' } })),
  )
  return answers.map(answer => {
    if (answer.status === NOT_FOUND) return []
    return Object.entries(value(answer)).map(([objectName, attributes]) => ({ objectName, ...attributes }))
  })
}

/** Runs an operation; returns what it returns. */
export async function execute(objectName, operation, ...args) {
  return value(await post({ type: 'exec', mbean: objectName, operation, arguments: args }))
}

/** viewer or operator. */
export const role = async () => (await send('user/role')).role
