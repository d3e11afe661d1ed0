package io.londiste.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * A client of the {@link Bank} with a number of transactions to do, which its seed decides. Each keeps the bank's rules,
 * or is rolled back by itself or by the server.
 */
final class BankWriter implements Callable<Void> {
    /** A broken constraint, a deadlock, a lock timeout: the transaction fails, the client continues. */
    private static final Set<String> ROLLED_BACK = Set.of("23", "40", "55");

    private final DataSource provider;
    private final int number;
    private final int transactions;
    private final Random random;
    private final AtomicLong committed;
    private final List<Function<Random, String>> steps = List.of(
            BankWriter::pay,
            BankWriter::payFromMany,
            BankWriter::renumberAccounts,
            BankWriter::closeAccount,
            BankWriter::order,
            BankWriter::order,
            BankWriter::reprice,
            BankWriter::dropLines,
            BankWriter::renumberOrder,
            BankWriter::renumberLines,
            BankWriter::deleteOrders,
            BankWriter::renumberCustomer,
            BankWriter::replaceCustomer,
            BankWriter::fillBasket,
            BankWriter::fillBasket,
            BankWriter::emptyBasket,
            BankWriter::swapShelves,
            BankWriter::visit,
            BankWriter::moveVisits);

    BankWriter(DataSource provider, int number, int transactions, long seed, AtomicLong committed) {
        this.provider = provider;
        this.number = number;
        this.transactions = transactions;
        this.random = new Random(seed + number);
        this.committed = committed;
    }

    @Override
    public Void call() throws SQLException {
        try (Connection connection = provider.getConnection()) {
            run(connection, "set deadlock_timeout = '100 ms'"); // there will be many
            connection.setAutoCommit(false);
            for (int i = 0; i < transactions; i++) {
                try {
                    transaction(connection);
                } catch (SQLException e) {
                    if (e.getSQLState() == null
                            || !ROLLED_BACK.contains(e.getSQLState().substring(0, 2))) {
                        throw e;
                    }
                    connection.rollback();
                }
            }
        }
        return null;
    }

    private void transaction(Connection connection) throws SQLException {
        run(connection, seen("bank.seen_first"));
        for (int i = random.nextInt(4); i >= 0; i--) {
            if (random.nextInt(4) == 0) {
                Savepoint part = connection.setSavepoint();
                run(connection, step());
                run(connection, step());
                if (random.nextBoolean()) {
                    connection.rollback(part);
                } else {
                    connection.releaseSavepoint(part);
                }
            }
            run(connection, step());
            if (random.nextInt(20) == 0) {
                run(connection, "select pg_sleep(" + random.nextDouble() * 0.4 + ")");
            }
        }
        run(connection, seen("bank.seen_last"));
        if (random.nextInt(10) == 0) {
            connection.rollback();
        } else {
            connection.commit();
            committed.incrementAndGet();
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String seen(String table) {
        return "insert into %1$s as s values (%2$d, 1) on conflict (writer) do update set n = s.n + 1"
                .formatted(table, number);
    }

    private String step() {
        return steps.get(random.nextInt(steps.size())).apply(random);
    }

    private static int account(Random random) {
        return 1 + random.nextInt(100);
    }

    private static String pay(Random random) {
        return """
                with taken as (update bank.checking set balance = balance - %1$d, note = repeat('x', %1$d)
                  where id in (%2$d, %2$d + 1000) returning 1)
                update bank.savings set balance = balance + %1$d * (select count(*) from taken) where id = %3$d
                """.formatted(1 + random.nextInt(50), account(random), 1 + random.nextInt(20));
    }

    private static String payFromMany(Random random) {
        return """
                with taken as (update bank.checking set balance = balance + 3 where id %% 1000 between %1$d and %1$d + 10 returning 1)
                update bank.savings set balance = balance - 3 * (select count(*) from taken) where id = %2$d
                """.formatted(account(random), 1 + random.nextInt(20));
    }

    private static String renumberAccounts(Random random) {
        return "update bank.checking set id = case when id > 1000 then id - 1000 else id + 1000 end where id %% 1000 between %1$d and %1$d + 3"
                .formatted(account(random));
    }

    private static String closeAccount(Random random) {
        return """
                with gone as (delete from bank.checking where id = %1$d returning balance)
                update bank.savings set balance = balance + (select sum(balance) from gone)::bigint
                where id = %2$d and exists (select from gone);
                insert into bank.checking select %3$d, 0 where not exists (select from bank.checking where id = %3$d + 1000)
                on conflict do nothing
                """.formatted(account(random), 1 + random.nextInt(20), account(random));
    }

    private static String order(Random random) {
        int lines = 1 + random.nextInt(4);
        return """
                with o as (insert into bank.orders (customer, total, tags)
                  select id, %d, '{a,null,"b,c"}' from bank.customer where id %% 1000 = %d limit 1 returning id)
                insert into bank.line select o.id, n, 10 * n from o, generate_series(1, %d) n
                """.formatted(5 * lines * (lines + 1), 1 + random.nextInt(50), lines);
    }

    /** A condition on some order or two, most likely there. */
    private static String some(String column, Random random) {
        return "%1$s in (select id from bank.orders order by id offset %2$d limit %3$d)"
                .formatted(column, random.nextInt(200), 1 + random.nextInt(2));
    }

    private static String reprice(Random random) {
        return """
                with changed as (update bank.line set price = price + %1$d where %2$s returning order_id)
                update bank.orders set total = total + c.n * %1$d
                from (select order_id, count(*) as n from changed group by 1) c where id = c.order_id
                """.formatted(random.nextInt(9) - 4, some("order_id", random));
    }

    private static String dropLines(Random random) {
        return """
                with gone as (delete from bank.line where nr = %d and %s returning order_id, price)
                update bank.orders set total = total - g.price
                from (select order_id, sum(price) as price from gone group by 1) g where id = g.order_id
                """.formatted(1 + random.nextInt(3), some("order_id", random));
    }

    private static String renumberOrder(Random random) {
        return "update bank.orders set id = id + 100000 where " + some("id", random);
    }

    private static String renumberLines(Random random) {
        return "update bank.line set nr = nr + 1 where nr = %d and %s"
                .formatted(2 + random.nextInt(5), some("order_id", random));
    }

    private static String deleteOrders(Random random) {
        return "delete from bank.orders where " + some("id", random);
    }

    private static String renumberCustomer(Random random) {
        return "update bank.customer set id = case when id > 1000 then id - 1000 else id + 1000 end where id %% 1000 = %d"
                .formatted(1 + random.nextInt(50));
    }

    private static String replaceCustomer(Random random) {
        return """
                delete from bank.customer where id = %1$d;
                insert into bank.customer select %2$d, 'new' where not exists (select from bank.customer where id = %2$d + 1000)
                on conflict (id) do update set name = excluded.name || ' again'
                """.formatted(1 + random.nextInt(50), 1 + random.nextInt(50));
    }

    private static String fillBasket(Random random) {
        return """
                insert into bank.basket (items) select json_build_array(n, random()) from generate_series(1, %1$d) n;
                update bank.basket_size set n = n + %1$d
                """.formatted(1 + random.nextInt(8));
    }

    private static String emptyBasket(Random random) {
        return random.nextInt(4) == 0
                ? "truncate bank.basket; update bank.basket_size set n = 0"
                : "with gone as (delete from bank.basket where id %% %d = 0 returning 1) update bank.basket_size set n = n - (select count(*) from gone)"
                        .formatted(2 + random.nextInt(5));
    }

    private static String swapShelves(Random random) {
        int one = 1 + random.nextInt(30);
        int other = 1 + random.nextInt(30);
        return """
                update bank.shelf a set place = b.place from bank.shelf b
                where (a.id, b.id) in ((%1$d, %2$d), (%2$d, %1$d))
                """.formatted(one, other);
    }

    private static String visit(Random random) {
        return "insert into bank.%s (day, page) select %d, 'direct' from generate_series(1, %d)"
                .formatted(
                        random.nextBoolean() ? "visit" : "visit_even", 2 * random.nextInt(4), 1 + random.nextInt(20));
    }

    private static String moveVisits(Random random) {
        return """
                update bank.visit set day = (day + %1$d) %% 8 where id %% 100 = %2$d;
                delete from bank.visit where id %% 100 = %3$d and id > 500
                """.formatted(1 + random.nextInt(7), random.nextInt(100), random.nextInt(100));
    }
}
