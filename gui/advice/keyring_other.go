//go:build !windows && !darwin

package advice

// keyringPackage is what a system without a password store lacks.
const keyringPackage = "gnome-keyring or KWallet"
