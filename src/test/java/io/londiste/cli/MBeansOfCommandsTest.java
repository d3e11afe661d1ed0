package io.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.londiste.config.Section;
import io.londiste.config.Settings;
import io.londiste.daemon.DaemonControl;
import io.londiste.jmx.MBeans;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** All that the command lines can do, the MBeans can. */
class MBeansOfCommandsTest {
    /** Commands and switches that are about a terminal, or about a process that does not run yet. */
    private static final Set<String> OF_TERMINALS = Set.of(
            "demo",
            "user",
            "routes", // the console's pages of Camel show the running ones; files are on the machine of the terminal
            "status", // an operation of the replay, see JmxIT; --watch is for terminals
            "provider uninstall", // a daemon cannot remove what it works with
            "subscriber uninstall",
            "provider execute", // its files are on the machine of the terminal, and no client is to execute any SQL
            "check", // an operation of replay and ticker, see JmxIT
            "replay --once", // a process that ends by itself
            "--daemon",
            "--routes",
            "--ini",
            "--help",
            "--version",
            "--quiet",
            "--verbose",
            "--json",
            "--wait"); // a client sees the states, or is notified of them

    /** Switches that have a longer name as an attribute or parameter of an MBean. */
    private static final Map<String, String> NAMES = Map.of(
            "add-seq", "addSequences",
            "remove-seq", "removeSequences",
            "seqs", "sequences",
            "fkeys", "foreignKeys",
            "restore-triggers", "restoreTriggers",
            "--count", "countOnly",
            "pending|active", "which",
            "TABLE", "table",
            "SEQUENCE", "sequence",
            "TRIGGER", "trigger");

    private static final List<MBeans> MBEANS = new ArrayList<>();

    @BeforeAll
    static void daemonsThatReachNoDatabase() {
        var nowhere = "host=127.0.0.1 port=1 dbname=none password=none";
        MBEANS.add(MBeans.register(
                Settings.of(
                        Section.LONDISTE,
                        Map.of(
                                "job_name", "londiste",
                                "provider_db", nowhere,
                                "subscriber_db", nowhere,
                                "pgq_queue_name", "q",
                                "embedded_ticker", "1")),
                new DaemonControl(() -> {})));
        MBEANS.add(MBeans.register(
                Settings.of(Section.PGQADM, Map.of("job_name", "pgqadm", "db", nowhere)), new DaemonControl(() -> {})));
    }

    @AfterAll
    static void end() {
        MBEANS.forEach(MBeans::close);
    }

    /** The operations of an MBean. */
    private static List<MBeanOperationInfo> operations(String type, Program program) throws JMException {
        var name = new ObjectName("io.londiste:type=" + type + ",job=" + program.written());
        return List.of(
                ManagementFactory.getPlatformMBeanServer().getMBeanInfo(name).getOperations());
    }

    @Test
    void everyCommandAndSwitchIsAnOperationOrItsParameter() throws JMException {
        var missing = new ArrayList<String>();
        for (var program : Program.values()) {
            var root = Cli.commandLine(Cli.root(program, System.out, System.err));
            look(root, program, "", missing);
        }

        assertThat(missing).isEmpty();
    }

    private static void look(CommandLine command, Program program, String path, List<String> missing)
            throws JMException {
        for (var below : command.getSubcommands().entrySet()) {
            var name = below.getKey();
            if (OF_TERMINALS.contains((path + " " + name).strip())) {
                continue;
            }
            if (!below.getValue().getSubcommands().isEmpty()) {
                look(below.getValue(), program, name, missing);
            } else if (Set.of("replay", "ticker").contains(name)) {
                daemon(below.getValue(), program, capital(name), missing);
            } else {
                var type = program == Program.PGQADM ? "Ticker" : path.isEmpty() ? "Subscriber" : capital(path);
                operation(below.getValue(), operations(type, program), type + "." + name(name), missing);
            }
        }
    }

    /** The switches of a daemon are what can be done to it. */
    private static void daemon(CommandLine command, Program program, String type, List<String> missing)
            throws JMException {
        var names = operations(type, program).stream()
                .map(MBeanFeatureInfo::getName)
                .toList();
        options(command, type.toLowerCase(Locale.ROOT))
                .map(option -> option.longestName().substring(2))
                .filter(option -> !names.contains(option))
                .forEach(option -> missing.add(type + "." + option));
    }

    private static Stream<OptionSpec> options(CommandLine command, String path) {
        return command.getCommandSpec().options().stream()
                .filter(option -> !option.inherited() && !option.hidden())
                .filter(option -> !OF_TERMINALS.contains(option.longestName()))
                .filter(option -> !OF_TERMINALS.contains(path + " " + option.longestName()));
    }

    private static void operation(
            CommandLine command, List<MBeanOperationInfo> operations, String wanted, List<String> missing) {
        var name = wanted.substring(wanted.indexOf('.') + 1);
        // to show settings and to change them are two
        var fitting = operations.stream()
                .filter(each -> each.getName().equals(name)
                        || name.equals("config") && each.getName().equals("configure"))
                .toList();
        if (fitting.isEmpty()) {
            missing.add(wanted);
            return;
        }
        var parameters = fitting.stream()
                .flatMap(each -> Arrays.stream(each.getSignature()))
                .collect(Collectors.toMap(MBeanFeatureInfo::getName, Function.identity(), (one, other) -> one));
        for (var parameter : wanted(command, name)) {
            if (!parameters.containsKey(parameter) && !parameters.containsKey(parameter + "s")) {
                missing.add(wanted + "(" + parameter + ")");
            } else {
                var described = parameters.getOrDefault(parameter, parameters.get(parameter + "s"));
                assertThat(described.getDescription()).as(wanted).isNotEqualTo(described.getName());
            }
        }
        assertThat(fitting).allSatisfy(each -> assertThat(each.getDescription()).isNotEqualTo(each.getName()));
    }

    private static Set<String> wanted(CommandLine command, String path) {
        var wanted = new TreeSet<String>();
        options(command, path).forEach(option -> wanted.add(name(option.longestName())));
        command.getCommandSpec().positionalParameters().stream()
                .map(ArgSpec::paramLabel)
                .forEach(label ->
                        wanted.addAll(label.equals("VAR=VALUE") ? List.of("setting", "value") : List.of(name(label))));
        return wanted;
    }

    /** A command's or a switch's name as Java writes it. */
    private static String name(String written) {
        var name = NAMES.get(written);
        if (name != null) {
            return name;
        }
        var words = written.replaceFirst("^--", "").toLowerCase(Locale.ROOT).split("-");
        return words[0]
                + Arrays.stream(words, 1, words.length)
                        .map(MBeansOfCommandsTest::capital)
                        .collect(Collectors.joining());
    }

    private static String capital(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
