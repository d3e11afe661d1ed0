package io.londiste.jmx;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.security.AccessController;
import javax.security.auth.Subject;

/** The subject on whose behalf the current thread works. */
public final class CurrentSubject {
    private static final Method CURRENT = current();

    private CurrentSubject() {}

    /** The method that Java has from version 18 on; null before. */
    private static Method current() {
        try {
            return Subject.class.getMethod("current");
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    /** Null if there is none. */
    @SuppressWarnings("removal") // the only way in Java 17
    public static Subject get() {
        if (CURRENT == null) {
            return Subject.getSubject(AccessController.getContext());
        }
        try {
            return (Subject) CURRENT.invoke(null);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
