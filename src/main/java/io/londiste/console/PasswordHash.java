package io.londiste.console;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The salted hash of a password.
 *
 * @param written its text in the users file: method, iterations, salt and hash
 */
record PasswordHash(String written) {
    private static final String METHOD = "pbkdf2-sha256";
    private static final Pattern FORM =
            Pattern.compile(METHOD + "\\$(\\d{1,8})\\$([A-Za-z0-9+/]+={0,2})\\$([A-Za-z0-9+/]+={0,2})");
    private static final int ITERATIONS = 210_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A hash that no password has. Comparing with it takes as long as comparing with any other. */
    static final PasswordHash NOBODY =
            new PasswordHash(METHOD + "$" + ITERATIONS + "$" + "A".repeat(22) + "==$" + "A".repeat(43) + "=");

    PasswordHash {
        if (!FORM.matcher(written).matches()) {
            throw new IllegalArgumentException("not a password hash");
        }
    }

    /** The hash of a password, with a new random salt. */
    static PasswordHash of(char[] password) {
        var salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        var base64 = Base64.getEncoder();
        return new PasswordHash(METHOD + "$" + ITERATIONS + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(hash(password, salt, ITERATIONS)));
    }

    /**
     * Whether it is the hash of this password. Takes a considerable part of a second of processor time, on purpose. Calls run
     * one at a time, so that many logins cannot take all processors from the replay.
     */
    boolean isOf(char[] password) {
        synchronized (RANDOM) {
            var form = FORM.matcher(written);
            form.matches();
            var base64 = Base64.getDecoder();
            var expected = base64.decode(form.group(3));
            var actual = hash(password, base64.decode(form.group(2)), Integer.parseInt(form.group(1)));
            return MessageDigest.isEqual(expected, actual);
        }
    }

    private static byte[] hash(char[] password, byte[] salt, int iterations) {
        var key = new PBEKeySpec(password, salt, iterations, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(key)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has this algorithm", e);
        } finally {
            key.clearPassword();
        }
    }
}
