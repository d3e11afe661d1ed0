package io.londiste.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IniTest {
    @TempDir
    Path directory;

    private Ini ini(String text) throws IOException {
        return Ini.read(Files.writeString(directory.resolve("conf.ini"), text), "londiste", Map.of("host_name", "h1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dbname=a host=127.0.0.1 password='it''s; # a, \\'b\\' = c'",
                "postgresql://u:p%40ss;w,rd@h1:5432,h2:5433/db?sslmode=require&options=-c%20geqo%3Doff",
                "host=/var/run/postgresql password=a\\ b\\\\c#d;e \"f\"",
                "a=b:c",
            })
    void keepsAConnectionStringAsItIs(String value) throws IOException {
        assertThat(ini("[londiste]\ndb = " + value + "\n").get("db")).contains(value);
    }

    @Test
    void readsWhatPythonReads() throws IOException {
        var ini = ini("""
            # comment
            [DEFAULT]
            base = /var
            [other]
            a = no
            [londiste]
            ; comment
            A: colon
            b=equals ; comment
            c = one
              two
            empty =
            dir = %(BASE)s/%(host_name)s/%(b)s
            percent = 100%% 5% %d
            """);
        assertThat(ini.get("a")).contains("colon");
        assertThat(ini.get("b")).contains("equals");
        assertThat(ini.get("c")).contains("one\ntwo");
        assertThat(ini.get("empty")).isEmpty();
        assertThat(ini.get("missing")).isEmpty();
        assertThat(ini.get("dir")).contains("/var/h1/equals");
        assertThat(ini.get("percent")).contains("100% 5% %d");
        assertThat(ini.keys()).contains("a", "empty", "base").doesNotContain("host_name");
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        assertThatThrownBy(() -> Ini.read(directory.resolve("none.ini"), "londiste", Map.of()))
                .isInstanceOf(LondisteException.class)
                .hasMessageEndingWith("none.ini: no such file");
        assertThatThrownBy(() -> Ini.read(directory, "londiste", Map.of())).hasMessageContaining("is a directory");
        assertThatThrownBy(() -> ini("[pgqadm]\n"))
                .hasMessageEndingWith("conf.ini: no section [londiste]; the file has [pgqadm]");
        var ini = ini("[londiste]\na = %(b)s\nloop = %(loop)s\n");
        assertThatThrownBy(() -> ini.get("a")).hasMessageEndingWith("[londiste] a: refers to %(b)s, which is not set");
        assertThatThrownBy(() -> ini.get("loop")).hasMessageEndingWith("loop: refers to itself");
    }

    @Test
    void namesTheLineButNotItsTextWhenItIsNotIni() {
        assertThatThrownBy(() -> ini("[londiste]\nsecret\n"))
                .hasMessageEndingWith("conf.ini, line 2: neither [section] nor key = value");
        assertThatThrownBy(() -> ini("a = 1\n")).hasMessageEndingWith("line 1: is before the first [section]");
    }
}
