package io.londiste.schema;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.db.SqlState;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import java.io.IOException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** A database with both schemas and a queue {@code q}, for each major that the class is run with. */
@ExtendWith(PostgresPair.class)
abstract class SchemaFixture {
    static Db db;

    @Parameter
    int major;

    @BeforeParameterizedClassInvocation
    static void open(int major) {
        db = PostgresPair.database(major);
        var installer = new Installer(db.dataSource());
        installer.installPgq();
        installer.installLondisteProvider();
        db.sql("select pgq.create_queue('q')");
    }

    @AfterParameterizedClassInvocation
    static void close() throws IOException {
        db.close();
    }

    static void assertFails(String sql, String state, String message) {
        assertThatThrownBy(() -> db.sql(sql))
                .hasMessageContaining(message)
                .extracting(SqlState::of)
                .isEqualTo(state);
    }
}
