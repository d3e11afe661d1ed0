package io.londiste.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The descriptions of the MBeans, whose interfaces are all in this package. */
class DescriptionsTest {
    private static final Pattern UNIT = Pattern.compile("in seconds|a second|from 0 to 1|\\b(number|bytes|rows|events|"
            + "batch(es)?|ticks?|event tables|foreign keys|triggers|inserts|updates|deletes|truncates)\\b");

    static List<Class<?>> interfaces() throws Exception {
        var directory = Path.of(
                        ReplayMBean.class.getResource("ReplayMBean.class").toURI())
                .getParent();
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("MBean.class"))
                    .<Class<?>>map(DescriptionsTest::load)
                    .filter(Class::isInterface)
                    .toList();
        }
    }

    private static Class<?> load(String file) {
        try {
            return Class.forName(ReplayMBean.class.getPackageName() + "." + file.replace(".class", ""));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theInterfacesAreFound() throws Exception {
        assertThat(interfaces()).contains(TableMBean.class, TickerMBean.class).hasSizeGreaterThanOrEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("interfaces")
    void everythingIsDescribed(Class<?> type) {
        assertThat(type.getAnnotation(Describe.class)).as(type.getName()).isNotNull();
        assertThat(type.getMethods())
                .filteredOn(method -> !method.getName().startsWith("set"))
                .allMatch(method -> method.isAnnotationPresent(Describe.class));
        assertThat(Stream.of(type.getMethods()).flatMap(method -> Stream.of(method.getParameters())))
                .filteredOn(parameter ->
                        !parameter.getDeclaringExecutable().getName().startsWith("set"))
                .allMatch(parameter -> parameter.isAnnotationPresent(Describe.class));
    }

    @ParameterizedTest
    @MethodSource("interfaces")
    void numbersSayTheirUnit(Class<?> type) {
        assertThat(type.getMethods())
                .filteredOn(DescriptionsTest::isNumber)
                .allSatisfy(method -> assertThat(description(method)).containsPattern(UNIT))
                .filteredOn(method -> method.getName().endsWith("Seconds"))
                .allSatisfy(method -> assertThat(description(method)).contains("in seconds"));
    }

    private static boolean isNumber(Method method) {
        var type = method.getReturnType();
        return method.getName().startsWith("get")
                && (Number.class.isAssignableFrom(type)
                        || type == long.class
                        || type == int.class
                        || type == double.class);
    }

    private static String description(Method method) {
        return method.getAnnotation(Describe.class).value().toLowerCase(Locale.ROOT);
    }
}
