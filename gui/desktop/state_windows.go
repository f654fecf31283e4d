package desktop

import "os"

// stateHome is %LocalAppData%: what stays on this machine.
func stateHome() (string, error) { return os.UserCacheDir() }
