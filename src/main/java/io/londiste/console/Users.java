package io.londiste.console;

import io.londiste.error.LondisteException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of a console, in a file that only its owner may read, one line each: name, role and password hash. The file is
 * read again when it has changed; a change of a user replaces the whole file.
 *
 * <p>Safe for use by any thread. Throws {@link LondisteException} where the file cannot be read or written.
 */
public final class Users {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);

    /** Letters and digits without those that are easily confused. */
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private static final int RANDOM_LENGTH = 20;

    private final Path file;
    private FileTime modified;
    private List<User> read = List.of();

    public Users(Path file) {
        this.file = file;
    }

    /** A random password with more than 100 bits of entropy. */
    public static char[] randomPassword() {
        return new SecureRandom()
                .ints(RANDOM_LENGTH, 0, LETTERS.length())
                .mapToObj(i -> String.valueOf(LETTERS.charAt(i)))
                .collect(Collectors.joining())
                .toCharArray();
    }

    public Path file() {
        return file;
    }

    /** Whether the file exists. */
    public boolean exists() {
        return Files.exists(file);
    }

    /** All users, in the file's order; none if there is no file. */
    public synchronized List<User> all() {
        try {
            var now = Files.getLastModifiedTime(file);
            if (!now.equals(modified)) {
                read = parse(Files.readAllLines(file, StandardCharsets.UTF_8));
                modified = now;
            }
        } catch (NoSuchFileException e) {
            modified = null;
            read = List.of();
        } catch (IOException e) {
            throw failure("read", e);
        }
        return read;
    }

    private List<User> parse(List<String> lines) {
        var users = new ArrayList<User>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                var user = User.parse(line);
                if (user == null) {
                    throw new LondisteException(file + ", line " + (i + 1)
                            + ": not name:role:hash; remove the line, and add the user with the command user add");
                }
                users.add(user);
            }
        }
        return List.copyOf(users);
    }

    public Optional<User> find(String name) {
        return all().stream().filter(user -> user.name().equals(name)).findFirst();
    }

    /** The user with this name and password. Takes the same time if there is no such user. */
    Optional<User> authenticate(String name, char[] password) {
        var user = find(name);
        boolean right = user.map(User::password).orElse(PasswordHash.NOBODY).isOf(password);
        return user.filter(known -> right);
    }

    /** Adds a user. Throws if the name is invalid or taken. */
    public void add(String name, Role role, char[] password) {
        if (!User.isName(name)) {
            throw new LondisteException(
                    "user " + name + ": a name is up to 64 letters, digits and . _ @ -, and not the word public");
        }
        requireNone(name);
        var user = new User(name, role, PasswordHash.of(password));
        replace(users -> {
            users.add(user);
            return users;
        });
        LOG.info("Added {}", user);
    }

    /** Throws if there is such a user. */
    public void requireNone(String name) {
        if (find(name).isPresent()) {
            throw new LondisteException("user " + name + " exists already (" + file
                    + "); change the password with the command user password, or remove the user first");
        }
    }

    /** Changes the password of a user. Throws if there is no such user. */
    public void changePassword(String name, char[] password) {
        require(name);
        var hash = PasswordHash.of(password);
        replace(users -> {
            users.replaceAll(user -> user.name().equals(name) ? new User(name, user.role(), hash) : user);
            return users;
        });
        LOG.info("Changed the password of {}", name);
    }

    public void remove(String name) {
        require(name);
        replace(users -> {
            users.removeIf(user -> user.name().equals(name));
            return users;
        });
        LOG.info("Removed {}", name);
    }

    /** Throws if there is no such user. */
    public void require(String name) {
        if (find(name).isEmpty()) {
            throw new LondisteException("no user " + name + " in " + file + ": "
                    + (all().isEmpty()
                            ? "there are none"
                            : "its users are " + all().stream().map(User::name).collect(Collectors.joining(", "))));
        }
    }

    private synchronized void replace(UnaryOperator<List<User>> change) {
        var users = change.apply(new ArrayList<>(all()));
        try {
            // In the directory of the file itself, even if its name is a symbolic link.
            var target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            var fresh = Files.createTempFile(
                    target.getParent(), target.getFileName().toString(), ".new", ownerOnly);
            try {
                Files.write(fresh, users.stream().map(User::written).toList());
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
            modified = null;
        } catch (IOException e) {
            throw failure("written", e);
        }
    }

    private LondisteException failure(String operation, IOException e) {
        var why = e instanceof NoSuchFileException
                ? "no such directory"
                : e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
        return new LondisteException("users of the console: " + file + " cannot be " + operation + ": " + why, e);
    }
}
