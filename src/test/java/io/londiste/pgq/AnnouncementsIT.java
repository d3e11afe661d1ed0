package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresPair.class)
class AnnouncementsIT {
    private static final Duration FOR_EVER = Duration.ofDays(1);

    private Db db;
    private Announcements announcements;

    @BeforeEach
    void listen(@Provider Db db) throws Exception {
        this.db = db;
        announcements = new Announcements(db.dataSource(), "news", "ours");
        assertThat(announcements.await(FOR_EVER))
                .as("there may have been some before")
                .isTrue();
    }

    @AfterEach
    void close() {
        announcements.close();
    }

    private CompletableFuture<Boolean> waiting() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return announcements.await(FOR_EVER);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void whatIsForUsWakes() throws Exception {
        var waiting = waiting();

        db.sql("notify news, 'theirs'; notify news, 'ours'");

        assertThat(waiting.get(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void whatIsForOthersDoesNot() throws Exception {
        db.sql("notify news, 'theirs'; notify others, 'ours'");

        assertThat(announcements.await(Duration.ofMillis(50))).isFalse();
    }

    @Test
    void aConnectionOnWhichNothingArrivesIsNoticed() throws Exception {
        try (var proxy = db.proxy();
                var listening = new Announcements(db.dataSource(proxy), "news", "ours", Duration.ofMillis(20))) {
            listening.await(FOR_EVER);
            assertThat(listening.await(Duration.ofMillis(50))).isFalse();

            proxy.hold();

            assertThatThrownBy(() -> listening.await(FOR_EVER)).hasMessageContaining("is lost");
            proxy.up();
        }
    }

    @Test
    void closingWakesAndGivesTheConnectionBack() throws Exception {
        var waiting = waiting();

        announcements.close();

        assertThat(waiting.get(1, TimeUnit.MINUTES)).isFalse();
        assertThat(announcements.await(FOR_EVER)).isFalse();
    }
}
