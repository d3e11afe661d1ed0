package io.londiste.cli;

import io.londiste.console.Role;
import io.londiste.console.User;
import io.londiste.console.Users;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code londiste config.ini user …}, and {@code pgqadm}'s. */
@Command(
        name = "user",
        description = "Manage the users of the daemon's web console.",
        footer = "  ${ROOT-COMMAND-NAME} config.ini user add ann --role viewer")
final class UserCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw Root.usageError(spec, "no user command given");
    }

    /** A row of {@code user list}. */
    record Listed(String name, String role) {
        static Listed of(User user) {
            return new Listed(user.name(), user.role().written());
        }
    }

    /** Converts the name of a role. */
    static final class RoleName implements ITypeConverter<Role> {
        @Override
        public Role convert(String written) {
            return Role.named(written.toLowerCase(Locale.ROOT))
                    .orElseThrow(() -> new TypeConversionException("must be viewer or operator, not " + written));
        }
    }

    @Command(
            name = "add",
            description = {
                "Add a user.",
                "The password is prompted for, or read from standard input if that is not a terminal; if it is empty, a random"
                        + " one is generated and shown."
            },
            footer = {
                "  ${ROOT-COMMAND-NAME} config.ini user add ann --role viewer",
                "  ${ROOT-COMMAND-NAME} config.ini user add bob --role operator"
            })
    void add(
            @Parameters(paramLabel = "NAME", description = "Name of the user.") String name,
            @Option(
                            names = "--role",
                            paramLabel = "viewer|operator",
                            defaultValue = "viewer",
                            converter = RoleName.class,
                            description = "A viewer can only look, an operator can also act; default: viewer.")
                    Role role) {
        var users = users();
        users.requireNone(name);
        var input = PasswordInput.ask(name);
        users.add(name, role, input.password());
        show(name, input);
    }

    @Command(
            name = "remove",
            description = "Remove a user. Its sessions are ended.",
            footer = "  ${ROOT-COMMAND-NAME} config.ini user remove ann")
    void remove(@Parameters(paramLabel = "NAME", description = "Name of the user.") String name) {
        users().remove(name);
    }

    @Command(
            name = "password",
            description = {
                "Change the password of a user.",
                "It is prompted for, or read from standard input if that is not a terminal; if it is empty, a random one is"
                        + " generated and shown."
            },
            footer = "  ${ROOT-COMMAND-NAME} config.ini user password ann")
    void password(@Parameters(paramLabel = "NAME", description = "Name of the user.") String name) {
        var users = users();
        users.require(name);
        var input = PasswordInput.ask(name);
        users.changePassword(name, input.password());
        show(name, input);
    }

    @Command(
            name = "list",
            description = "Show the users and their roles.",
            footer = "  ${ROOT-COMMAND-NAME} config.ini user list")
    void list(@Mixin JsonOption format) {
        List<Listed> users = users().all().stream().map(Listed::of).toList();
        var out = Root.of(spec).out;
        if (format.json) {
            Listing.json(out, users);
        } else {
            users.forEach(user -> out.println(user.name() + " (" + user.role() + ")"));
        }
    }

    private Users users() {
        var root = Root.of(spec);
        root.requireNoDaemonOptions(spec);
        return new Users(root.settings().consoleUsersFile());
    }

    /** A random password is shown here and nowhere else. */
    private void show(String name, PasswordInput input) {
        if (input.random()) {
            Root.of(spec).out.println("Password of " + name + ": " + new String(input.password()));
        }
    }
}
