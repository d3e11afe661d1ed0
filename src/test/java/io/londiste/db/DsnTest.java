package io.londiste.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class DsnTest {
    @TempDir
    Path home;

    private Dsn dsn(String text, Map<String, String> variables) {
        return Dsn.parse(text, new Environment(variables, home, "me", List.of(home)));
    }

    private PGSimpleDataSource source(String text) {
        return dsn(text, Map.of()).dataSource("test");
    }

    @Test
    void takesDefaultsAsPsqlDoes() {
        assertThat(dsn("", Map.of())).hasToString("host=localhost port=5432 dbname=me user=me");
        assertThat(dsn("user=u", Map.of())).hasToString("host=localhost port=5432 dbname=u user=u");
        assertThat(source("").getConnectTimeout()).isEqualTo(15);
        assertThat(source("connect_timeout=3").getConnectTimeout()).isEqualTo(3);
    }

    @Test
    void readsQuotesAndBackslashes() {
        var source = source("host = h  dbname='my db' user=a\\ b password='it\\'s \\\\ = x'");
        assertThat(source.getServerNames()).containsExactly("h");
        assertThat(source.getDatabaseName()).isEqualTo("my db");
        assertThat(source.getUser()).isEqualTo("a b");
        assertThat(source.getPassword()).isEqualTo("it's \\ = x");
    }

    @Test
    void readsUris() throws Exception {
        var source = source("postgresql://u%20s:p%40%3A@h1:5433,[::1]/my%20db?sslmode=require&options=-c%20geqo%3Doff");
        assertThat(source.getServerNames()).containsExactly("h1", "::1");
        assertThat(source.getPortNumbers()).containsExactly(5433, 5432);
        assertThat(source.getUser()).isEqualTo("u s");
        assertThat(source.getPassword()).isEqualTo("p@:");
        assertThat(source.getDatabaseName()).isEqualTo("my db");
        assertThat(source.getProperty("sslmode")).isEqualTo("require");
        assertThat(source.getOptions()).isEqualTo("-c geqo=off");
        assertThat(dsn("postgres://", Map.of())).hasToString("host=localhost port=5432 dbname=me user=me");
    }

    @Test
    void fillsUpFromTheEnvironment() {
        var variables = Map.of("PGHOST", "e", "PGPORT", "7", "PGDATABASE", "d", "PGUSER", "u", "PGPASSWORD", "p");
        assertThat(dsn("", variables)).hasToString("host=e port=7 dbname=d user=u password=***");
        assertThat(dsn("host=x", variables)).hasToString("host=x port=7 dbname=d user=u password=***");
    }

    @Test
    void fillsUpFromAService() throws IOException {
        Files.writeString(home.resolve(".pg_service.conf"), "[a]\nhost=no\n[b]\n# c\nhost=svc\nport=9\n");
        assertThat(dsn("service=b user=u", Map.of("PGHOST", "e"))).hasToString("host=svc port=9 dbname=u user=u");
        assertThat(dsn("port=1", Map.of("PGSERVICE", "b"))).hasToString("host=svc port=1 dbname=me user=me");
        assertThatThrownBy(() -> dsn("service=c", Map.of())).hasMessageContaining("service c is neither in");
    }

    @Test
    void findsThePasswordInThePasswordFile() throws IOException {
        var passfile = home.resolve(".pgpass");
        Files.writeString(passfile, "# c\nh:5432:d:other:no\nh:*:d\\:b:me:se\\:cret\\\\:x\n*:*:*:me:last\n");
        Files.setPosixFilePermissions(passfile, PosixFilePermissions.fromString("rw-------"));
        assertThat(source("host=h dbname=d:b").getPassword()).isEqualTo("se:cret\\:x");
        assertThat(source("host=g").getPassword()).isEqualTo("last");
        assertThat(source("host=g user=x").getPassword()).isNull();
        Files.setPosixFilePermissions(passfile, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(source("host=g").getPassword()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "geheim",
                "host=h geheim",
                "password='geheim",
                "host=h =geheim",
                "postgresql://u:geheim@h:port/db",
                "postgresql://u:geheim%4@h/db",
                "postgresql://u:geheim@h/db?x",
                "password=geheim sslmod=require",
                "password=geheim port=x",
                "password=geheim connect_timeout=x",
                "password=geheim target_session_attrs=x",
            })
    void reportsWhatIsWrongWithoutShowingThePassword(String text) {
        assertThatThrownBy(() -> dsn(text, Map.of()))
                .isInstanceOf(LondisteException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .isNotBlank()
                .doesNotContain("geheim");
    }

    @Test
    void prefersTheUnixSocketOfThisMachineAsPsqlDoes() throws Exception {
        Files.createFile(home.resolve(".s.PGSQL.5433"));
        assertThat(dsn("port=5433", Map.of()).server()).isEqualTo(home + ":5433");
        assertThat(source("port=5433").getProperty("socketFactoryArg")).isEqualTo(home + "/.s.PGSQL.5433");
        assertThat(source("port=5434").getServerNames()).containsExactly("localhost");
        assertThat(source("host=127.0.0.1 port=5433").getProperty("socketFactory"))
                .isEqualTo(TcpSocketFactory.class.getName());
        assertThat(source("postgresql://%2Frun%2Fpg/db").getProperty("socketFactoryArg"))
                .isEqualTo("/run/pg/.s.PGSQL.5432");
        assertThatThrownBy(() -> dsn("host=/run,h", Map.of()))
                .hasMessage("host must be one directory, or one or more host names");
    }

    @Test
    void variablesOfLibpqAreHeeded() {
        var source = dsn("", Map.of("PGAPPNAME", "app", "PGSSLMODE", "require", "PGOPTIONS", "-c a=b", "PGHOST", "h"))
                .dataSource("test");
        assertThat(source.getApplicationName()).isEqualTo("app");
        assertThat(source.getSslMode()).isEqualTo("require");
        assertThat(source.getOptions()).isEqualTo("-c a=b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sslmode=wrong | sslmode cannot be wrong; it is one of disable, allow, prefer, require, verify-ca, verify-full",
                "keepalives=x | keepalives cannot be x",
                "load_balance_hosts=all | load_balance_hosts cannot be all; it is one of disable, random",
                "sslcrl=/x | the JDBC driver does not support sslcrl; leave it out",
                "sslcertmode=require | the JDBC driver does not support sslcertmode=require; leave it out",
                "ssl_min_protocol_version=TLSv1.3 | the JDBC driver does not support ssl_min_protocol_version=TLSv1.3; leave it out",
                "requirepeer=postgres | the JDBC driver does not support requirepeer; leave it out",
                "replication=database | the JDBC driver does not support replication; leave it out",
                "host=a,b port=1,2,3 | port has 3 numbers, but host has 2 names",
                "host=a port=1,2 | port has 2 numbers, but host has 1 names",
                "host=a hostaddr=127.0.0.1,127.0.0.2 | host has 1 names, but hostaddr has 2 addresses",
                "host=a port=70000 | port must be a number from 1 to 65535",
                "host=a port=0 | port must be a number from 1 to 65535",
                "host=@abstract | abstract Unix sockets are not supported; set host to a directory or a host name",
                "host=h sslrootcert=system sslmode=require | sslmode=require is too weak for sslrootcert=system; use verify-full",
                "host=h sslnegotiation=direct | sslmode=prefer is too weak for sslnegotiation=direct; use require, verify-ca or verify-full",
                "host=h hostaddr=127.0.0.1 sslmode=verify-full | the JDBC driver does not support sslmode=verify-full with host and hostaddr; leave hostaddr out",
                "nosuch=1 | no such connection parameter: nosuch",
            })
    void refusesWhatPsqlRefusesAndWhatTheDriverCannotDo(String text, String message) {
        assertThatThrownBy(() -> dsn(text, Map.of()))
                .isInstanceOf(LondisteException.class)
                .hasMessage(message);
    }

    @Test
    void aRootCertificateThatIsThereIsUsedByRequireToo() throws Exception {
        assertThat(source("host=h").getSslMode()).isEqualTo("prefer");
        assertThat(source("host=h sslmode=require").getSslMode()).isEqualTo("require");
        var root = home.resolve(".postgresql/root.crt");
        Files.createDirectories(root.getParent());
        Files.createFile(root);
        assertThat(source("host=h sslmode=require").getSslMode()).isEqualTo("verify-ca");
        assertThat(source("host=h sslmode=require").getSslRootCert()).isEqualTo(root.toString());
        assertThat(source("host=h sslmode=require sslrootcert=/none").getSslMode())
                .isEqualTo("require");
        assertThat(source("host=h").getSslMode()).isEqualTo("prefer");
        assertThat(source("host=h sslrootcert=system").getSslMode()).isEqualTo("verify-full");
        assertThat(source("host=h sslrootcert=system").getProperty("sslfactory"))
                .endsWith("DefaultJavaSSLFactory");
    }

    @Test
    void theClientsCertificateIsTakenFromItsUsualPlace() throws Exception {
        assertThat(source("host=h").getSslCert()).isNull();
        var certificate = home.resolve(".postgresql/postgresql.crt");
        Files.createDirectories(certificate.getParent());
        Files.createFile(certificate);
        assertThat(source("host=h").getSslCert()).isEqualTo(certificate.toString());
        assertThat(source("host=h").getSslKey())
                .isEqualTo(home.resolve(".postgresql/postgresql.key").toString());
        assertThat(source("host=h sslcert=/a sslkey=/b").getSslCert()).isEqualTo("/a");
    }

    @Test
    void socketsAreWithoutTls() throws Exception {
        assertThat(source("host=/run/pg sslmode=verify-full").getSslMode()).isEqualTo("disable");
    }

    @Test
    void passwordsAreLookedUpByTheNameOfTheHost() throws IOException {
        var passfile = home.resolve("passwords");
        Files.writeString(
                passfile,
                "h:*:*:*:by name\n127.0.0.1:*:*:*:by address\nlocalhost:*:*:*:socket\n"
                        + "a:*:*:*:one\nb:*:*:*:other\n/run/pg:*:*:*:directory\n");
        Files.setPosixFilePermissions(passfile, PosixFilePermissions.fromString("rw-------"));
        var with = " passfile=" + passfile;
        assertThat(source("host=h hostaddr=127.0.0.1" + with).getPassword()).isEqualTo("by name");
        assertThat(source("hostaddr=127.0.0.1" + with).getPassword()).isEqualTo("by address");
        assertThat(source("host=" + home + with).getPassword()).isEqualTo("socket");
        assertThat(source("host=/run/pg" + with).getPassword()).isEqualTo("directory");
        assertThat(source("host=a,a" + with).getPassword()).isEqualTo("one");
        assertThatThrownBy(() -> source("host=a,b" + with))
                .hasMessage("the JDBC driver cannot use a different password for each host, but " + passfile
                        + " has several");
        assertThat(source("host=a,b password=given" + with).getPassword()).isEqualTo("given");
    }

    @Test
    void masksThePassword() {
        assertThat(dsn("password=geheim", Map.of()).toString()).doesNotContain("geheim");
    }
}
