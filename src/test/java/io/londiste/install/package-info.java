/** The distribution and the Debian package, installed and run as the installation page says. */
package io.londiste.install;
