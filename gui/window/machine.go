package window

import (
	"context"
	"fmt"
	"os"

	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth/localcert"
)

// machineCertificates is Certificates for the program's own folder.
type machineCertificates struct{ dir string }

// SetUp runs in a child process, so that this one never holds the CA's key.
func (m machineCertificates) SetUp(ctx context.Context) (localcert.Report, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	return localcert.SetupInChild(ctx, program, localcert.Folder(m.dir))
}

// machineRecords is Records on this machine.
type machineRecords struct{ *crashlog.Records }

func (machineRecords) Open(ctx context.Context, path string) error {
	return desktop.OpenFile(ctx, path)
}
