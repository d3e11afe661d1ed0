// What an operator can have done, each with a word to him when it is done or refused.

import { hawtio } from './lib.js'
import { execute } from './server.js'
import { counted } from './format.js'

/** Names that the operations' lists of names cannot hold. */
const UNLISTED = /[\s,*?"]/

const say = (type, message) => hawtio.eventService.notify({ type, message })

export function actionsOf(data, refresh) {
  const { replay, ticker, provider, subscriber } = data ?? {}

  /** Does something; returns why it could not be done, or nothing. */
  const act = async (done, doing) => {
    try {
      const said = await doing()
      const lines = Array.isArray(said) ? said.filter(Boolean) : []
      say('success', lines.length === 1 ? lines[0] : done)
      return ''
    } catch (failure) {
      say('danger', failure.message)
      return failure.message
    } finally {
      refresh()
    }
  }

  /** An operation on some tables: at once if their names allow it. */
  const onTables = async (tables, all = false, operation, ...more) => {
    if (all || tables.every(table => !UNLISTED.test(table.Name))) {
      const names = all ? '' : tables.map(table => table.Name).join(',')
      return execute(subscriber.objectName, operation, names, all, ...more)
    }
    let said
    for (const table of tables) {
      said = await execute(table.objectName, operation, ...(operation === 'repair' ? [more[0]] : []))
    }
    return said
  }

  const tables = list => (list.length === 1 ? list[0].Name : counted(list.length, 'table'))

  return {
    pause: () => act('The replay is paused', () => execute(replay.objectName, 'pause')),
    resume: () => act('The replay goes on', () => execute(replay.objectName, 'resume')),
    reload: () =>
      act('INI file and routes were read anew', () => execute((replay ?? ticker).objectName, 'reload')),
    stop: () => act('The daemon stops after its batch', () => execute((replay ?? ticker).objectName, 'stop')),
    install: side => act('Installed', () => execute({ provider, subscriber, ticker }[side].objectName, 'install')),
    add: ({ names, all, register, expectSync, skipTruncate, denyWrites, force }) =>
      act('Added', async () => {
        if (register) await execute(provider.objectName, 'add', all ? '' : names, all)
        return execute(subscriber.objectName, 'add', all ? '' : names, all, force, expectSync, skipTruncate, denyWrites)
      }),
    remove: (list, all) => act(`Removed ${tables(list)}`, () => onTables(list, all, 'remove')),
    resync: (list, all) => act(`${tables(list)} will be copied anew`, () => onTables(list, all, 'resync')),
    compare: (list, all, countOnly = false) =>
      act(`Comparing ${tables(list)}`, () => onTables(list, all, 'compare', countOnly, false, false, '', 0)),
    repair: (list, all, apply) =>
      act(`Repairing ${tables(list)}`, () => onTables(list, all, 'repair', apply, true, false, false, '', 0)),
    restoreTriggers: name =>
      act(`Restored the triggers of ${name}`, () => execute(subscriber.objectName, 'restoreTriggers', name, '')),
    cancel: comparison => act('It ends', () => execute(comparison.objectName, 'cancel')),
    forget: comparison => act('Taken off the list', () => execute(comparison.objectName, 'forget')),
    unregister: consumer => act(`Unregistered ${consumer.Name}`, () => execute(consumer.objectName, 'unregister')),
    missing: () => execute(subscriber.objectName, 'missing'),
    foreignKeys: () => execute(subscriber.objectName, 'foreignKeys', 'pending'),
    triggers: () => execute(subscriber.objectName, 'triggers', 'pending'),
  }
}
