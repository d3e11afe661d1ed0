package io.londiste.jmx;

import io.londiste.error.Causes;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.InvalidAttributeValueException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.StandardEmitterMBean;
import javax.management.openmbean.CompositeData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standard MBean with descriptions from the {@link Describe} annotations of its interface and with the names of
 * parameters. Throws only exceptions of the JDK, so that every client can deserialize them. Changes are recorded by {@link Audit}. Safe for use by several threads
 * if the implementation is.
 */
final class DescribedMBean extends StandardEmitterMBean {
    private static final Logger LOG = LoggerFactory.getLogger(DescribedMBean.class);

    /** One for all MBeans of an interface, of which there may be thousands. */
    private static final Map<Class<?>, MBeanInfo> INFOS = new ConcurrentHashMap<>();

    /** Values of arguments that stand for none. */
    private static final Set<String> NOT_GIVEN = Set.of("", "null", "false", "0");

    private ObjectName name;

    private DescribedMBean(Object implementation, Class<Object> type, MBeanNotificationInfo... notifications) {
        super(implementation, type, new NotificationBroadcasterSupport(notifications));
    }

    /** @param notifications the notifications that it sends */
    @SuppressWarnings("unchecked") // the signature ensures that the implementation has this type
    static <T> DescribedMBean of(T implementation, Class<T> type, MBeanNotificationInfo... notifications) {
        return new DescribedMBean(implementation, (Class<Object>) type, notifications);
    }

    @Override
    protected MBeanInfo getCachedMBeanInfo() {
        return INFOS.get(getMBeanInterface());
    }

    @Override
    protected void cacheMBeanInfo(MBeanInfo info) {
        if (info != null) {
            INFOS.put(getMBeanInterface(), info);
        }
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return getMBeanInterface().getAnnotation(Describe.class).value();
    }

    @Override
    protected String getDescription(MBeanFeatureInfo info) {
        return info.getDescription();
    }

    @Override
    protected String getDescription(MBeanAttributeInfo info) {
        return methods("get" + info.getName(), "is" + info.getName())
                .map(DescribedMBean::description)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(info.getName());
    }

    @Override
    protected String getDescription(MBeanOperationInfo info) {
        return operation(info).flatMap(DescribedMBean::description).orElse(info.getName());
    }

    @Override
    protected int getImpact(MBeanOperationInfo info) {
        boolean reads = info.getReturnType().contains(CompositeData.class.getName());
        boolean forAll = operation(info)
                .map(method -> !method.isAnnotationPresent(ForOperators.class))
                .orElse(false);
        return reads && forAll ? MBeanOperationInfo.INFO : MBeanOperationInfo.ACTION;
    }

    @Override
    protected String getParameterName(MBeanOperationInfo info, MBeanParameterInfo parameter, int number) {
        return parameter(info, number).map(Parameter::getName).orElse(parameter.getName());
    }

    @Override
    protected String getDescription(MBeanOperationInfo info, MBeanParameterInfo parameter, int number) {
        return parameter(info, number)
                .map(each -> each.getAnnotation(Describe.class))
                .map(Describe::value)
                .orElse(parameter.getName());
    }

    private Stream<Method> methods(String... names) {
        return Arrays.stream(getMBeanInterface().getMethods())
                .filter(method -> Arrays.asList(names).contains(method.getName()));
    }

    private Optional<Method> operation(MBeanOperationInfo info) {
        return methods(info.getName())
                .filter(method -> method.getParameterCount() == info.getSignature().length)
                .findFirst();
    }

    private Optional<Parameter> parameter(MBeanOperationInfo info, int number) {
        return operation(info).map(method -> method.getParameters()[number]);
    }

    private static Optional<String> description(Method method) {
        return Optional.ofNullable(method.getAnnotation(Describe.class)).map(Describe::value);
    }

    @Override
    public ObjectName preRegister(MBeanServer server, ObjectName wanted) throws Exception {
        name = super.preRegister(server, wanted);
        return name;
    }

    @Override
    public Object invoke(String operation, Object[] arguments, String[] signature)
            throws MBeanException, ReflectionException {
        var change = change(operation, arguments == null ? new Object[0] : arguments);
        change.ifPresent(Audit::begun);
        try {
            return super.invoke(operation, arguments, signature);
        } catch (RuntimeException e) {
            change.ifPresent(action -> Audit.failed(action, e));
            throw plain(operation, e);
        }
    }

    /** What an operation changes, in words; empty if it only reads. */
    private Optional<String> change(String operation, Object[] arguments) {
        return Arrays.stream(getMBeanInfo().getOperations())
                .filter(info -> info.getName().equals(operation) && info.getSignature().length == arguments.length)
                .filter(info -> info.getImpact() != MBeanOperationInfo.INFO)
                .findFirst()
                .map(info -> operation + "(" + written(info.getSignature(), arguments) + ") of " + Audit.target(name));
    }

    /** The arguments that are given, without conditions on rows, which may contain values that are secret. */
    private static String written(MBeanParameterInfo[] parameters, Object[] arguments) {
        return IntStream.range(0, arguments.length)
                .filter(i -> !NOT_GIVEN.contains(String.valueOf(arguments[i])))
                .mapToObj(i -> parameters[i].getName() + "="
                        + (parameters[i].getName().equals("where") ? "..." : arguments[i]))
                .collect(Collectors.joining(", "));
    }

    @Override
    public Object getAttribute(String attribute)
            throws AttributeNotFoundException, MBeanException, ReflectionException {
        try {
            return super.getAttribute(attribute);
        } catch (RuntimeException e) {
            throw plain(attribute, e);
        }
    }

    @Override
    public void setAttribute(Attribute attribute)
            throws AttributeNotFoundException, InvalidAttributeValueException, MBeanException, ReflectionException {
        Audit.begun(setting(attribute));
        try {
            super.setAttribute(attribute);
        } catch (RuntimeException e) {
            Audit.failed(setting(attribute), e);
            throw plain(attribute.getName(), e);
        }
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        attributes.asList().forEach(attribute -> Audit.begun(setting(attribute)));
        return super.setAttributes(attributes);
    }

    private String setting(Attribute attribute) {
        return attribute.getName() + "=" + attribute.getValue() + " of " + Audit.target(name);
    }

    private static IllegalStateException plain(String what, RuntimeException error) {
        LOG.debug("{}", what, error);
        return new IllegalStateException(Causes.message(error));
    }
}
