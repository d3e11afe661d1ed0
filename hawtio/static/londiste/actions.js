// The commands of an operator. Each shows a message when it has succeeded or failed.

import { hawtio } from './lib.js'
import { execute } from './server.js'
import { counted } from './format.js'

/** Names that cannot be passed in an operation's list of names. */
const UNLISTED = /[\s,*?"]/

const notify = (type, message) => hawtio.eventService.notify({ type, message })

export function actionsOf(data, refresh) {
  const { replay, ticker, provider, subscriber } = data ?? {}

  /** Executes a command; returns its error message, or '' if it succeeded. */
  const act = async (done, command) => {
    try {
      const output = await command()
      const lines = Array.isArray(output) ? output.filter(Boolean) : []
      notify('success', lines.length === 1 ? lines[0] : done)
      return ''
    } catch (failure) {
      notify('danger', failure.message)
      return failure.message
    } finally {
      refresh()
    }
  }

  /** Executes an operation on tables: in one call if their names allow it, otherwise one call for each table. */
  const onTables = async (tables, all = false, operation, ...more) => {
    if (all || tables.every(table => !UNLISTED.test(table.Name))) {
      const names = all ? '' : tables.map(table => table.Name).join(',')
      return execute(subscriber.objectName, operation, names, all, ...more)
    }
    let output
    for (const table of tables) {
      output = await execute(table.objectName, operation, ...(operation === 'repair' ? [more[0], more[3]] : []))
    }
    return output
  }

  const tables = list => (list.length === 1 ? list[0].Name : counted(list.length, 'table'))

  return {
    pause: () => act('The replay is paused', () => execute(replay.objectName, 'pause')),
    resume: () => act('The replay is resumed', () => execute(replay.objectName, 'resume')),
    reload: () =>
      act('The INI file and the routes were read again', () => execute((replay ?? ticker).objectName, 'reload')),
    stop: () => act('The daemon stops after its current batch', () => execute((replay ?? ticker).objectName, 'stop')),
    install: side => act('Installed', () => execute({ provider, subscriber, ticker }[side].objectName, 'install')),
    add: ({ names, all, register, expectSync, skipTruncate, denyWrites, force }) =>
      act('Added', async () => {
        if (register) await execute(provider.objectName, 'add', all ? '' : names, all)
        return execute(subscriber.objectName, 'add', all ? '' : names, all, force, expectSync, skipTruncate, denyWrites)
      }),
    remove: (list, all) => act(`Removed ${tables(list)}`, () => onTables(list, all, 'remove')),
    resync: (list, all) => act(`${tables(list)} will be copied again`, () => onTables(list, all, 'resync')),
    compare: (list, all, countOnly = false) =>
      act(`Comparing ${tables(list)}`, () => onTables(list, all, 'compare', countOnly, false, false, '', 0)),
    repair: (list, all, apply, force) =>
      act(`Repairing ${tables(list)}`, () => onTables(list, all, 'repair', apply, true, false, force, '', 0)),
    restoreTriggers: name =>
      act(`Restored the triggers of ${name}`, () => execute(subscriber.objectName, 'restoreTriggers', name, '')),
    cancel: comparison => act('Cancelled', () => execute(comparison.objectName, 'cancel')),
    forget: comparison => act('Removed from the list', () => execute(comparison.objectName, 'forget')),
    unregister: consumer => act(`Unregistered ${consumer.Name}`, () => execute(consumer.objectName, 'unregister')),
    missing: () => execute(subscriber.objectName, 'missing'),
    foreignKeys: () => execute(subscriber.objectName, 'foreignKeys', 'pending'),
    triggers: () => execute(subscriber.objectName, 'triggers', 'pending'),
  }
}
