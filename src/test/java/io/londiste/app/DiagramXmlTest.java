package io.londiste.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Hawtio's diagrams get of routes; ConsoleDiagramsIT reads the diagrams themselves. */
class DiagramXmlTest {
    @Test
    void chosenIdsAreLabelsAndDescriptionsAreNotes() {
        var xml = """
                <route id="replay" description="Reads &quot;all&quot; > 0">
                    <from id="from1" uri="timer:x?a=1&amp;b=2"/>
                    <bean id="decode-events" ref="decoder" description="a" note="b"/>
                    <simple>${body} == ' id="decode-events"'</simple>
                </route>
                """;
        assertThat(DiagramXml.labelled(xml, Set.of("replay", "decode-events"))).isEqualTo("""
                <route id="replay" customId="true" description="Reads &quot;all&quot; > 0" note="Reads &quot;all&quot; > 0">
                    <from id="from1" uri="timer:x?a=1&amp;b=2"/>
                    <bean id="decode-events" customId="true" ref="decoder" description="a" note="b"/>
                    <simple>${body} == ' id="decode-events"'</simple>
                </route>
                """);
    }
}
