package io.londiste.console;

import io.londiste.jmx.Audit;
import io.londiste.jmx.CurrentSubject;
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

    Permissions(RefusalLog refusals) {
        super(Permissions.class.getResourceAsStream("jolokia-access.xml"));
        this.refusals = refusals;
    }

    @Override
    public boolean isAttributeReadAllowed(ObjectName name, String attribute) {
        return logged(super.isAttributeReadAllowed(name, attribute), "reading", name, attribute);
    }

    @Override
    public boolean isAttributeWriteAllowed(ObjectName name, String attribute) {
        boolean allowed =
                logged(isOperator() && super.isAttributeWriteAllowed(name, attribute), "setting", name, attribute);
        audit(allowed, name, attribute);
        return allowed;
    }

    @Override
    public boolean isOperationAllowed(ObjectName name, String operation) {
        boolean allowed = logged(mayExecute(name, operation), "executing", name, operation);
        audit(allowed && !changesNothing(name, operation), name, operation);
        return allowed;
    }

    /**
     * Whether the signed-in user may execute an operation.
     *
     * @param operation the name, with or without the parameters' types in parentheses
     */
    boolean mayExecute(ObjectName name, String operation) {
        return super.isOperationAllowed(name, operation) && (isOperator() || changesNothing(name, operation));
    }

    /** Our MBeans record their changes themselves. */
    private static void audit(boolean changes, ObjectName name, String what) {
        if (changes && !Audit.isOurs(name)) {
            Audit.begun(what + " of " + name);
        }
    }

    private static boolean isOperator() {
        var user = user();
        return user != null && user.role() == Role.OPERATOR;
    }

    private static User user() {
        var subject = CurrentSubject.get();
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
