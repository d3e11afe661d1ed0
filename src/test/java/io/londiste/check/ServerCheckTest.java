package io.londiste.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.db.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What depends on the version or the clock of a server, which a test cannot choose. */
class ServerCheckTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private static String found(Consumer<Report> check) {
        var findings = new ArrayList<Finding>();
        var setting = new Database.Setting("provider", "provider_db", Path.of("conf.ini"), Duration.ZERO);
        check.accept(new Report(new Database(setting, null, null), findings));
        assertThat(findings).hasSize(1);
        var finding = findings.get(0);
        return finding.level() + " " + finding.side() + " " + finding.topic() + ": " + finding.text();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12.22|12|problem provider server: PostgreSQL 12.22 is too old: upgrade the server (supported are 13 to 18)",
                "13.1|13|ok provider server: PostgreSQL 13.1",
                "18.0|18|ok provider server: PostgreSQL 18.0",
                "19beta1|19|warning provider server: PostgreSQL 19beta1 is newer than what this program was tested with (supported are 13 to 18)"
            })
    void versionsOutsideOfTheSupportedOnesAreReported(String version, int major, String expected) {
        assertThat(found(report -> ServerCheck.version(report, version, major))).isEqualTo(expected);
    }

    @Test
    void clocksAreComparedWithinTheRoundTrip() {
        var later = NOON.plusSeconds(3);
        assertThat(List.of(NOON, NOON.plusSeconds(1), later))
                .allSatisfy(server ->
                        assertThat(ServerCheck.ahead(NOON, server, later)).isZero());
        assertThat(ServerCheck.ahead(NOON, later.plusMillis(1500), later)).isEqualTo(Duration.ofMillis(1500));
        assertThat(ServerCheck.ahead(NOON, NOON.minusMillis(1500), later)).isEqualTo(Duration.ofMillis(-1500));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|ok provider clock: the same time as on this machine",
                "5000|ok provider clock: 5.0 s ahead of this machine",
                "-20|ok provider clock: 0.02 s behind this machine",
                "5001|warning provider clock: the server's clock is 5.001 s ahead of this machine's: synchronise both (NTP);"
                        + " until then lags may be shown too long or too short",
                "-90000|warning provider clock: the server's clock is 90.0 s behind this machine's: synchronise both (NTP);"
                        + " until then lags may be shown too long or too short"
            })
    void differencesOfMoreThanFiveSecondsAreReported(long millis, String expected) {
        assertThat(found(report -> ServerCheck.clock(report, Duration.ofMillis(millis))))
                .isEqualTo(expected);
    }
}
