package io.londiste.bench;

import io.londiste.test.Db;

/** PostgreSQL's own logical replication. */
final class Native implements Peer {
    private final Pair pair;
    private final String name;

    Native(Pair pair) {
        this.pair = pair;
        this.name = pair.provider().name();
    }

    @Override
    public void capture() {
        pair.provider().sql("create publication bench for all tables");
    }

    @Override
    public void start() {
        // nothing to start: the servers are running
    }

    @Override
    public void copy() {
        Db subscriber = pair.subscriber();
        subscriber.sql("create subscription " + name + " connection '" + pair.providerLink() + "' publication bench");
        Until.holds(() -> subscriber.number("select count(*) from pg_subscription_rel where srsubstate <> 'r'") == 0);
    }

    @Override
    public void halt() {
        pair.subscriber().sql("alter subscription " + name + " disable");
        Until.holds(() -> pair.subscriber()
                        .number("select count(*) from pg_stat_subscription where subname = ? and pid is not null", name)
                == 0);
        Until.holds(() ->
                pair.provider().number("select count(*) from pg_replication_slots where slot_name = ? and active", name)
                        == 0);
    }

    @Override
    public void resume() {
        pair.subscriber().sql("alter subscription " + name + " enable");
    }

    @Override
    public void close() {
        pair.subscriber().sql("drop subscription if exists " + name);
    }
}
