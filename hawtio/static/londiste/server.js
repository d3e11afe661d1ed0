// Requests to the daemon through Jolokia.

/** A failed request: 'gone' (no server), 'expired' (the session), or 'refused' (with the message of the server). */
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
    answer = await fetch(path, { credentials: 'same-origin', redirect: 'error', referrerPolicy: 'same-origin', ...options })
  } catch {
    throw new Failure('gone', 'The daemon does not respond.')
  }
  if (answer.status === FORBIDDEN) throw new Failure('expired', 'The session has expired.')
  if (!answer.ok) throw new Failure('refused', `The console responded with status ${answer.status}.`)
  try {
    return await answer.json()
  } catch {
    throw new Failure('gone', 'The daemon does not respond.')
  }
}

const post = body =>
  send('jolokia', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

/** The message of an error without the names of exceptions. */
const plain = text =>
  String(text ?? 'The daemon gives no reason.')
    .replace(/^(?:[\w.$]+(?:Exception|Error)\s*:\s*)+/, '')
    .trim()

function value(answer) {
  if (answer.status === FORBIDDEN) throw new Failure('refused', 'This requires the role operator. You are signed in as a viewer.')
  if (answer.status !== 200) throw new Failure('refused', plain(answer.error))
  return answer.value
}

/**
 * Reads MBeans by patterns in one request. Returns a list for each pattern, of objects with the attributes and `objectName`.
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

/** Executes an operation; returns its result. */
export async function execute(objectName, operation, ...args) {
  return value(await post({ type: 'exec', mbean: objectName, operation, arguments: args }))
}

/** The same, with whole numbers as texts: some are larger than what numbers can hold exactly. */
export async function executeExactly(objectName, operation, ...args) {
  return value(await post({ type: 'exec', mbean: objectName, operation, arguments: args, config: { serializeLong: 'string' } }))
}

/** The role of the signed-in user: 'viewer' or 'operator'. */
export const role = async () => (await send('user/role')).role
