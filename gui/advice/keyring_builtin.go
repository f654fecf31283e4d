//go:build windows || darwin

package advice

// keyringPackage: these systems have one, so it can only be switched off.
const keyringPackage = "or switch on the one that belongs to this system"
