package desktop

import (
	"context"
	"fmt"
	"log/slog"
	"unsafe"

	"golang.org/x/sys/windows"
)

func (n *news) listen(ctx context.Context) {
	if err := n.hearSleep(ctx); err != nil {
		slog.Info("the end of a sleep is not heard", "error", err)
	}
	if err := n.hearNetwork(ctx); err != nil {
		slog.Info("network changes are not heard", "error", err)
	}
}

// Of winuser.h, for PowerRegisterSuspendResumeNotification (Windows 8 and later).
const (
	deviceNotifyCallback = 2
	resumeSuspend        = 0x07 // PBT_APMRESUMESUSPEND: by a person
	resumeAutomatic      = 0x12 // PBT_APMRESUMEAUTOMATIC: always
)

// subscription is DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS.
type subscription struct{ callback, context uintptr }

var (
	powrprof        = windows.NewLazySystemDLL("powrprof.dll")
	registerPower   = powrprof.NewProc("PowerRegisterSuspendResumeNotification")
	unregisterPower = powrprof.NewProc("PowerUnregisterSuspendResumeNotification")
)

func (n *news) hearSleep(ctx context.Context) error {
	if err := registerPower.Find(); err != nil {
		return fmt.Errorf("finding the power service: %w", err)
	}
	var handle windows.Handle
	subscriber := &subscription{callback: windows.NewCallback(func(_ uintptr, kind uint32, _ uintptr) uintptr {
		if kind == resumeSuspend || kind == resumeAutomatic {
			put(n.slept)
		}
		return 0
	})}
	if code, _, _ := registerPower.Call(deviceNotifyCallback, uintptr(unsafe.Pointer(subscriber)), uintptr(unsafe.Pointer(&handle))); code != 0 {
		return fmt.Errorf("listening to the power service: %w", windows.Errno(code))
	}
	context.AfterFunc(ctx, func() { _, _, _ = unregisterPower.Call(uintptr(handle)) })
	return nil
}

// hearNetwork listens to the addresses of all interfaces (netioapi.h).
func (n *news) hearNetwork(ctx context.Context) error {
	told := windows.NewCallback(func(_, _ uintptr, _ uint32) uintptr {
		put(n.touched)
		return 0
	})
	var handle windows.Handle
	if err := windows.NotifyUnicastIpAddressChange(windows.AF_UNSPEC, told, nil, false, &handle); err != nil {
		return fmt.Errorf("listening to the network: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = windows.CancelMibChangeNotify2(handle) })
	return nil
}

// defaultRoutes are not told: a network that differs has other addresses.
func defaultRoutes() []string { return nil }
