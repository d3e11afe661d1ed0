package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both packages, installed by root as the page says, on a machine of their own. */
class PackagesIT extends InstallFixture {
    @TempDir
    Path changes;

    @TempDir
    Path directory;

    @Test
    void theDebianPackageReplicatesATable() throws Exception {
        try (var machine = PrivateMachine.start(changes)) {
            bringDebianPackage(machine);

            machine.succeed("cd /opt\n" + commands("Debian and Ubuntu"));

            replicate(machine, Path.of("/usr/lib/systemd/system"));
        }
    }

    @Test
    void theArchiveReplicatesATable() throws Exception {
        try (var machine = PrivateMachine.start(changes)) {
            machine.succeed("cd " + Distribution.archive().getParent() + "\n" + commands("Other systems"));

            replicate(machine, Path.of("/etc/systemd/system"));
        }
    }

    private void replicate(PrivateMachine machine, Path units) throws Exception {
        machine.succeed(commands("Configure a job") + commands("The password"));
        assertThat(machine.run("setpriv --reuid=nobody --clear-groups cat /etc/londiste/shop.ini")
                        .code())
                .as("readable by others")
                .isNotZero();

        machine.succeed("londiste", commands("Install both sides") + commands("Without systemd"));
        assertThat(machine.succeed("londiste", commands("Add the table"))).contains(REPLICATED);
        assertThat(machine.succeed("londiste", setting("ExecReload", units, machine)))
                .contains("Reloaded /etc/londiste/shop.ini");
        machine.succeed("londiste", commands("Stop the daemons"));

        var service = new ArrayList<>(List.of("env", "--default-signal=INT,HUP", "setpriv", "--init-groups"));
        service.addAll(List.of("--reuid=londiste", "--regid=londiste"));
        service.addAll(List.of(setting("ExecStart", units, machine).split(" ")));
        try (var daemon = Foreground.start(machine.process(service), directory.resolve("output"))) {
            daemon.awaitSaid("Started /etc/londiste/shop.ini");
            assertThat(daemon.interrupt()).as(daemon.said()).isZero();
            assertThat(daemon.said()).endsWith("Stopped\n");
        }
    }

    /** A setting of the unit of job shop. */
    private static String setting(String name, Path units, PrivateMachine machine) throws Exception {
        return machine.succeed("sed -n 's/^" + name + "=//p' " + units.resolve("londiste@.service"))
                .strip()
                .replace("%i", "shop");
    }

    private static void bringDebianPackage(PrivateMachine machine) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg")), "this is no Debian");
        Assumptions.assumeTrue(
                machine.run("dpkg -s camel-londiste || getent passwd londiste").code() != 0,
                "the package or its user is installed here");
        // their programs have the same names
        machine.succeed("dpkg --force-depends -r python3-londiste skytools");
        machine.succeed("cp " + Distribution.debianPackage() + " /opt");
    }

    @Test
    void theDebianPackageIsUpgradedAndRemoved() throws Exception {
        try (var machine = PrivateMachine.start(changes)) {
            bringDebianPackage(machine);
            machine.succeed("""
                    cd /opt
                    dpkg-deb -R camel-londiste_*.deb older
                    sed -i 's/^Version: .*/Version: 0.0.1/' older/DEBIAN/control
                    echo '# as it was' >older/etc/londiste/environment
                    touch older/usr/lib/camel-londiste/lib/gone.jar
                    dpkg-deb -Znone -b older older.deb
                    dpkg -i older.deb
                    echo '# mine' >>/etc/londiste/environment
                    echo '[londiste]' >/etc/londiste/shop.ini
                    echo password >/var/lib/londiste/.pgpass
                    """);
            var user = machine.succeed("id londiste");

            machine.succeed("dpkg --force-confold -i /opt/camel-londiste_*.deb");

            assertThat(machine.succeed("id londiste")).isEqualTo(user);
            assertThat(machine.succeed(
                            "cat /etc/londiste/environment /etc/londiste/shop.ini /var/lib/londiste/.pgpass"))
                    .isEqualTo("# as it was\n# mine\n[londiste]\npassword\n");
            assertThat(machine.succeed("ls /usr/lib/camel-londiste /usr/lib/camel-londiste/lib"))
                    .contains("classes.jsa")
                    .doesNotContain("gone.jar");
            assertThat(machine.succeed("dpkg --audit")).isEmpty();
            assertThat(machine.run("dpkg --verify camel-londiste").said().lines())
                    .allMatch(line -> line.endsWith(" c /etc/londiste/environment"));

            // as after an upgrade of the Java runtime
            machine.succeed("rm /usr/lib/camel-londiste/classes.jsa; dpkg-trigger --by-package=dpkg --no-await"
                    + " /usr/lib/jvm; dpkg --configure --pending; ls /usr/lib/camel-londiste/classes.jsa");

            machine.succeed(
                    "dpkg -r camel-londiste; test ! -e /usr/lib/camel-londiste; id londiste; ls /etc/londiste/shop.ini");
            machine.succeed("dpkg -P camel-londiste; rm -r /opt/older*");
            assertThat(machine.run("getent passwd londiste || getent group londiste")
                            .code())
                    .isNotZero();
            // a character device stands for a file of this machine that was removed
            assertThat(machine.succeed("find " + changes + " -name '*londiste*' ! -type c ! -path '*/opt/*'"))
                    .isEmpty();
        }
    }
}
