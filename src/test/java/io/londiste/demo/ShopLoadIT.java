package io.londiste.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.londiste.change.TableName;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import io.londiste.test.PostgresPair.Subscriber;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresPair.class)
class ShopLoadIT {
    private static final TableName ACCOUNT = new TableName("shop", "account");

    @Test
    void clientsWriteAndKeepTheMoneyTogether(@Provider Db db) throws SQLException {
        Shop.create(db.dataSource());
        Shop.fill(db.dataSource());
        try (var load = new ShopLoad(db.dataSource(), 4, 400, 1)) {
            load.start();
            await().until(() -> load.committed() > 500 || load.failure().isPresent());
            load.stop();
            assertThat(load.failure()).isEmpty();
        }
        assertThat(db.sql("select sum(balance) from shop.account")).isEqualTo(Shop.ALL_MONEY);
        assertThat(db.number("select count(distinct balance) from shop.account"))
                .isGreaterThan(1);
    }

    @Test
    void clientsOutliveTheServer(@Provider Db db) throws Exception {
        Shop.create(db.dataSource());
        Shop.fill(db.dataSource());
        try (var load = new ShopLoad(db.dataSource(), 2, 200, 1)) {
            load.start();
            await().until(() -> load.committed() > 10);
            db.control().kill();
            db.control().start();
            long before = load.committed();
            await().until(() -> load.committed() > before + 10);
            load.stop();
            assertThat(load.failure()).isEmpty();
        }
    }

    @Test
    void comparisonNamesEveryKindOfDifference(@Provider Db provider, @Subscriber Db subscriber) throws SQLException {
        for (var db : new Db[] {provider, subscriber}) {
            Shop.create(db.dataSource());
            Shop.fill(db.dataSource());
        }
        // what the two servers made up by themselves
        var copy = "update shop.%s set %s";
        for (var db : new Db[] {provider, subscriber}) {
            db.sql(copy.formatted("\"Order\"", "placed = 'epoch'"));
            db.sql(copy.formatted("stock", "counted = 'epoch'"));
            db.sql("delete from shop.reading");
        }
        var compare = new DemoCompare(provider.dataSource(), subscriber.dataSource());
        assertThat(compare.differences(Shop.tables(provider.dataSource()))).isEmpty();

        subscriber.sql("update shop.account set balance = 1 where id = 2");
        subscriber.sql("delete from shop.account where id = 3");
        subscriber.sql("insert into shop.account values (0, 'x', 1)");

        assertThat(compare.differences(ACCOUNT))
                .containsExactlyInAnyOrder(
                        "shop.account [\"2\"]: differs",
                        "shop.account [\"3\"]: only on the provider",
                        "shop.account [\"0\"]: only on the subscriber");
        subscriber.sql("update shop.account set owner = 'somebody'");
        assertThat(compare.differences(ACCOUNT)).hasSize(11).last().isEqualTo("shop.account: and 91 more");
    }
}
