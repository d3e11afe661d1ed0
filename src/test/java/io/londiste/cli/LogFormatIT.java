package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.daemon.ExitCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.Test;

/** {@code log_format = json} of a process in the foreground, as in a container. */
class LogFormatIT extends DaemonFixture {
    private static List<JsonObject> objects(Shell.Typed typed) throws DeserializationException {
        var objects = new ArrayList<JsonObject>();
        for (var line : typed.said().lines().toList()) {
            objects.add((JsonObject) Jsoner.deserialize(line));
        }
        return objects;
    }

    @Test
    void allThatADaemonInTheForegroundSaysIsJson() throws Exception {
        set("conf.ini", "log_format = json");
        shell.install();

        var said = objects(shell.succeed("londiste conf.ini replay --once"));

        assertThat(said).extracting(line -> line.getString("message")).contains("Started conf.ini", "Stopped");
        assertThat(said).allSatisfy(line -> assertThat(line).containsEntry("job", "job"));
        assertThat(shell.log("job").lines()).hasSameSizeAs(said);
    }

    @Test
    void soIsTheErrorThatEndsIt() throws Exception {
        set("conf.ini", "log_format = json");

        var replay = shell.type("londiste conf.ini replay"); // nothing is installed

        assertThat(replay.code()).isEqualTo(ExitCode.FAILED);
        assertThat(objects(replay)).last().satisfies(line -> {
            assertThat(line.getString("level")).isEqualTo("ERROR");
            assertThat(line.getString("message")).startsWith("Stopped by an error: ");
            assertThat(line.getString("exception")).contains("LondisteException");
        });
    }
}
