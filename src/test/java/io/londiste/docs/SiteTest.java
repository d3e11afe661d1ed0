package io.londiste.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documentation is one whole: its links lead somewhere, and its first page leads to all others. */
class SiteTest {
    @TempDir
    Path directory;

    @Test
    void noLinkIsBrokenAndEachPageIsReachable() throws IOException {
        var site = new Site(Path.of(""));

        site.write(directory);

        assertThat(site.broken()).isEmpty();
        assertThat(site.unreachable()).isEmpty();
        assertThat(directory.resolve("markdown/index.md")).content().contains("](operations.html)", "](images/arch");
        assertThat(directory.resolve("resources/images/architecture.svg")).exists();
        assertThat(directory.resolve("resources/files/routes/replay.camel.yaml"))
                .hasSameTextualContentAs(Path.of("routes/replay.camel.yaml"));
    }

    @Test
    void brokenLinksAndUnreachablePagesAreFound() throws IOException {
        var pages = Files.createDirectories(directory.resolve("src/site/markdown"));
        Files.writeString(directory.resolve("README.md"), "# A\n[here](#a) [there](src/site/markdown/b.md#b-c)\n");
        Files.writeString(
                pages.resolve("b.md"), "## B `c`!\n[no file](c.md) [no heading](b.md#d) [out](https://x.org)\n");
        Files.writeString(pages.resolve("lost.md"), "[up](../../../README.md#a)\n```\n[code](nowhere)\n```\n");
        var site = new Site(directory);

        site.write(directory.resolve("target"));

        assertThat(site.broken())
                .containsExactlyInAnyOrder("src/site/markdown/b.md: c.md", "src/site/markdown/b.md: b.md#d");
        assertThat(site.unreachable()).containsExactly(Path.of("src/site/markdown/lost.md"));
    }
}
