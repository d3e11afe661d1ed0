package io.londiste.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.TimeZone;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's data source, except that a time zone of this program that the server does not know does not matter. The
 * driver begins every session with it, and has no property for another one; our sessions replace it in any case.
 */
final class DriverSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(DriverSource.class);

    /** Invalid value of a setting. */
    private static final String INVALID_SETTING = "22023";

    /** The names of zones with a fixed offset, which all servers know. */
    private static final String FIXED = "GMT";

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        try {
            return super.getConnection(user, password);
        } catch (SQLException e) {
            var zone = TimeZone.getDefault();
            if (!SqlState.of(e).equals(INVALID_SETTING) || zone.getID().startsWith(FIXED)) {
                throw e;
            }
            return withFixedOffset(user, password, zone);
        }
    }

    /** Replaces the program's time zone by its present offset, and leaves it at that if it was the cause. */
    private Connection withFixedOffset(String user, String password, TimeZone zone) throws SQLException {
        int minutes = zone.getOffset(System.currentTimeMillis()) / 60_000;
        var fixed = "%s%s%02d:%02d"
                .formatted(FIXED, minutes < 0 ? "-" : "+", Math.abs(minutes) / 60, Math.abs(minutes) % 60);
        TimeZone.setDefault(TimeZone.getTimeZone(fixed));
        try {
            var connection = super.getConnection(user, password);
            LOG.warn(
                    "The server does not know the time zone {} of this program, which uses {} from now on until it ends",
                    zone.getID(),
                    fixed);
            return connection;
        } catch (SQLException e) {
            TimeZone.setDefault(zone);
            throw e;
        }
    }
}
