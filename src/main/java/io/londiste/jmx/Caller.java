package io.londiste.jmx;

/**
 * Who calls MBeans, and from where.
 *
 * @param user empty if that is not known
 * @param role the role that allows the call; empty if that is not known
 * @param address address of the client; empty if that is not known
 * @param means how the call came: JMX, or the console with its page
 */
public record Caller(String user, String role, String address, String means) {
    @Override
    public String toString() {
        return (user.isEmpty() ? "somebody" : user)
                + " (" + (role.isEmpty() ? "" : role + ", ")
                + means
                + (address.isEmpty() ? "" : " from " + address) + ")";
    }
}
