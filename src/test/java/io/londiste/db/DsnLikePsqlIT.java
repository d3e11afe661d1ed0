package io.londiste.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.error.LondisteException;
import io.londiste.test.Db;
import io.londiste.test.PostgresPair;
import io.londiste.test.PostgresPair.Provider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Connection strings lead to where they lead psql, or nowhere where psql refuses them. */
@ExtendWith(PostgresPair.class)
class DsnLikePsqlIT {
    private static final String QUERY =
            "select current_user, current_database(), current_setting('application_name'), current_setting('geqo')";

    /** HOST, PORT, USER, PASSWORD and DB stand for those of the test's database. */
    private static final List<String> STRINGS = List.of(
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB",
            "  host = HOST  port='PORT'user=USER password='PASSWORD' dbname=DB ",
            "hostaddr=127.0.0.1 port=PORT user=USER password=PASSWORD dbname=DB",
            "host=nowhere.invalid hostaddr=127.0.0.1 port=PORT user=USER password=PASSWORD dbname=DB",
            "host=HOST,HOST port=1,PORT user=USER password=PASSWORD dbname=DB",
            "host=HOST,HOST port=PORT user=USER password=PASSWORD dbname=DB target_session_attrs=read-write",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB target_session_attrs=standby",
            "host=HOST port=PORT,PORT user=USER password=PASSWORD dbname=DB",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB application_name='my app'",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB options='-c geqo=off'",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB sslmode=disable",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB sslmode=allow",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB sslmode=prefer",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB sslmode=require",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB sslmode=verify-full",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB sslmode=wrong",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB require_auth=none",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB gssencmode=disable",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB gssencmode=wrong",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB keepalives=0 keepalives_idle=9",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB connect_timeout=5",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB connect_timeout=x",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB nosuch=1",
            "host=HOST port=PORT user=USER password=PASSWORD dbname=DB user",
            "host=HOST port=PORT user=USER password='PASSWORD dbname=DB",
            "postgresql://USER:PASSWORD@HOST:PORT/DB",
            "postgres://USER:PASSWORD@HOST:PORT/DB?application_name=my%20app&options=-c%20geqo%3Doff",
            "postgresql://USER:PASSWORD@HOST:1,HOST:PORT/DB",
            "postgresql:///DB?host=HOST&port=PORT&user=USER&password=PASSWORD",
            "postgresql://USER:PASSWORD@HOST:PORT/DB?",
            "postgresql://USER:PASSWORD@HOST:PORT/DB?a",
            "postgresql://USER:PASSWORD@HOST:PORT/DB?options=-c geqo=off",
            "postgresql://USER:PASSWORD@HOST:PORT/DB?ssl=true",
            "postgresql://USER:PASSWORD@HOST:PORT/DB?ssl=false",
            "postgresql://USER:PASSWORD@HOST:PORT/D%42?nosuch=1",
            "postgresql://USER:PASSWORD@HOST:PORT/DB%00",
            "postgresql://USER:PASSWORD@[HOST:PORT/DB",
            "postgresql://USER:PASSWORD@HOST:PORTx/DB",
            "host=HOST port=PORT user=USER dbname=DB passfile=FILE",
            "service=svc password=PASSWORD",
            "service=svc password=PASSWORD application_name=own",
            "service=none password=PASSWORD",
            "dbname=DB");

    private static final List<Map<String, String>> ENVIRONMENTS = List.of(
            Map.of(),
            Map.of("PGHOST", "HOST", "PGPORT", "PORT", "PGUSER", "USER", "PGPASSWORD", "PASSWORD"),
            Map.of("PGSERVICE", "svc", "PGPASSFILE", "FILE", "PGAPPNAME", "from env", "PGOPTIONS", "-c geqo=off"));

    @TempDir
    Path home;

    private Db db;

    @BeforeEach
    void files(@Provider Db db) throws IOException {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/psql")) && db.host().equals("127.0.0.1"),
                "psql is not installed here (Debian: postgresql-client)");
        this.db = db;
        var passfile = Files.writeString(home.resolve("passwords"), filled("HOST:PORT:DB:USER:PASSWORD\n"));
        Files.setPosixFilePermissions(passfile, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(
                home.resolve(".pg_service.conf"),
                filled("[svc]\nhost=HOST\nport=PORT\nuser=USER\ndbname=DB\napplication_name=of service\n"));
    }

    private String filled(String text) {
        return text.replace("HOST", db.host())
                .replace("PORT", Integer.toString(db.port()))
                .replace("USER", db.user())
                .replace("PASSWORD", db.password())
                .replace("DB", db.name())
                .replace("FILE", home.resolve("passwords").toString());
    }

    @Test
    void goesWherePsqlGoes() throws Exception {
        var answers = new ArrayList<String>();
        for (var environment : ENVIRONMENTS) {
            var variables = new HashMap<String, String>();
            environment.forEach((name, value) -> variables.put(name, filled(value)));
            for (var text : STRINGS) {
                var answer = ours(filled(text), variables);
                assertThat(answer).as(text + " with " + environment).isEqualTo(psqls(filled(text), variables));
                answers.add(answer);
            }
        }
        assertThat(answers).as("not all are refused").anyMatch(answer -> !answer.isEmpty());
    }

    /** The answer to the query; nothing if there is no connection. */
    private String ours(String text, Map<String, String> variables) {
        try (var connection = Dsn.parse(
                                text, new Environment(variables, home, System.getProperty("user.name"), List.of()))
                        .dataSource("psql")
                        .getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(QUERY)) {
            row.next();
            return String.join("|", row.getString(1), row.getString(2), row.getString(3), row.getString(4));
        } catch (LondisteException | SQLException e) {
            return "";
        }
    }

    private String psqls(String text, Map<String, String> variables) throws IOException, InterruptedException {
        var psql = new ProcessBuilder("/usr/bin/psql", "-X", "-w", "-A", "-t", "-d", text, "-c", QUERY);
        psql.environment().keySet().removeIf(name -> name.startsWith("PG"));
        psql.environment().putAll(variables);
        psql.environment().put("HOME", home.toString());
        psql.redirectError(ProcessBuilder.Redirect.DISCARD);
        var process = psql.start();
        var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return process.waitFor() == 0 ? answer : "";
    }
}
