package io.londiste.console;

import io.hawt.system.security.LegacySubjectAccess;
import io.hawt.system.security.ModernSubjectAccess;
import io.hawt.system.security.SubjectAccess;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import javax.management.JMException;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import org.jolokia.server.core.restrictor.policy.PolicyRestrictor;

/**
 * Access control of Jolokia: operators may do what {@code jolokia-access.xml} allows, viewers only those parts of it that
 * change nothing.
 */
final class Permissions extends PolicyRestrictor {
    private final RefusalLog refusals;
    private final SubjectAccess subjects = subjects();

    Permissions(RefusalLog refusals) {
        super(Permissions.class.getResourceAsStream("jolokia-access.xml"));
        this.refusals = refusals;
    }

    /** The API for the current subject depends on the version of Java. */
    private static SubjectAccess subjects() {
        try {
            return new ModernSubjectAccess();
        } catch (UnsupportedOperationException e) {
            return new LegacySubjectAccess();
        }
    }

    @Override
    public boolean isAttributeReadAllowed(ObjectName name, String attribute) {
        return logged(super.isAttributeReadAllowed(name, attribute), "reading", name, attribute);
    }

    @Override
    public boolean isAttributeWriteAllowed(ObjectName name, String attribute) {
        return logged(isOperator() && super.isAttributeWriteAllowed(name, attribute), "setting", name, attribute);
    }

    @Override
    public boolean isOperationAllowed(ObjectName name, String operation) {
        return logged(mayExecute(name, operation), "executing", name, operation);
    }

    /**
     * Whether the signed-in user may execute an operation.
     *
     * @param operation the name, with or without the parameters' types in parentheses
     */
    boolean mayExecute(ObjectName name, String operation) {
        return super.isOperationAllowed(name, operation) && (isOperator() || changesNothing(name, operation));
    }

    private boolean isOperator() {
        var user = user();
        return user != null && user.role() == Role.OPERATOR;
    }

    private User user() {
        var subject = subjects.currentSubject();
        return subject == null ? null : UsersLoginModule.user(subject);
    }

    /** Our MBeans declare which operations only read; of other MBeans, a few are known to. */
    private static boolean changesNothing(ObjectName name, String operation) {
        var plain = operation.replaceFirst("\\(.*", "");
        return switch (name.getDomain()) {
            case "hawtio" -> true;
            case "org.apache.camel" -> plain.startsWith("dump");
            default -> readsOnly(name, plain);
        };
    }

    private static boolean readsOnly(ObjectName name, String operation) {
        try {
            var info = ManagementFactory.getPlatformMBeanServer().getMBeanInfo(name);
            var named = Arrays.stream(info.getOperations())
                    .filter(each -> each.getName().equals(operation))
                    .toList();
            return !named.isEmpty() && named.stream().allMatch(each -> each.getImpact() == MBeanOperationInfo.INFO);
        } catch (JMException e) {
            return false;
        }
    }

    private boolean logged(boolean allowed, String action, ObjectName name, String what) {
        if (!allowed) {
            var user = user();
            refusals.log(action + " " + what + " of " + name + ", as " + (user == null ? "nobody" : user));
        }
        return allowed;
    }
}
