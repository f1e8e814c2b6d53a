# ما يقرؤه العملاء بالعربية.
# $partner هو النشاط التجاري الذي أرسل الرابط، و$asset صفحة أو حساب إنستغرام.
# الصياغة محايدة من حيث الجنس: مصادر وصيغة «يُرجى» بدل أفعال الأمر.

language-name = العربية
language-dir = rtl
language-dialog = ar_AR

## Around every page

shell-title = { $page } · { $partner }
shell-skip = الانتقال إلى المحتوى
shell-language = اللغة
shell-powered = يعمل بواسطة Jetbridge
shell-steps = مراحل الربط
scene-you = نشاطك التجاري
partner-none = النشاط التجاري الذي أرسل إليك هذا الرابط
name-none = (بلا اسم)

step-start = البداية
step-facebook = فيسبوك
step-choose = الاختيار
step-confirm = التأكيد
step-done = الانتهاء
step-past = (اكتملت)
step-stuck = (ينقص شيء هنا)

## Dates

date = { $day } { $month } { $year }
month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر

## What can be connected

product-messenger = رسائل فيسبوك
product-messenger-what = الرسائل المرسلة عبر ماسنجر إلى صفحتك على فيسبوك تصل إلى { $partner }، ومن هناك يُرَدّ عليها.
product-instagram-messaging = رسائل إنستغرام
product-instagram-messaging-what = الرسائل المرسلة إلى حسابك على إنستغرام تصل إلى { $partner }، ومن هناك يُرَدّ عليها.
product-facebook-page = صفحة فيسبوك
product-facebook-page-what = يمكن لفريق { $partner } النشر على صفحتك، ومتابعة التعليقات عليها، واستلام بيانات العملاء المحتملين من إعلاناتك.
product-instagram-content = حساب إنستغرام
product-instagram-content-what = يمكن لفريق { $partner } النشر على حسابك على إنستغرام ومتابعة التعليقات عليه.

## Permissions, as Meta names them

group-see = الاطلاع على ما لديك
group-messages = الرسائل
group-posts = المنشورات والتعليقات
group-leads = العملاء المحتملون من الإعلانات
group-signal = الإشعار بكل جديد

permission-pages_show_list = الاطلاع على قائمة صفحاتك، حتى يمكنك اختيار إحداها هنا.
permission-pages_read_engagement = قراءة منشورات صفحتك وتفاعل الناس معها، لعرض ما يدور الحديث عنه.
permission-pages_read_user_content = قراءة ما يكتبه الآخرون على صفحتك، حتى لا يفوت أي تعليق.
permission-pages_messaging = استلام الرسائل المرسلة إلى صفحتك والرد عليها، وكذلك الرد على التعليقات برسالة خاصة.
permission-pages_manage_metadata = تلقّي إشعار فوري عند وصول أي جديد إلى صفحتك، دون الحاجة إلى البحث عنه.
permission-pages_manage_posts = نشر المنشورات على صفحتك وتعديلها وحذفها.
permission-pages_manage_engagement = الرد على التعليقات على صفحتك وإخفاؤها وحذفها والإعجاب بها باسم الصفحة.
permission-pages_manage_ads = معرفة الإعلانات التابعة لصفحتك، لتحديد مصدر كل عميل محتمل.
permission-ads_management = قراءة النماذج والحملات المرتبطة بإعلاناتك، لفهم سياق كل عميل محتمل.
permission-leads_retrieval = استلام البيانات التي يتركها الناس في نماذج العملاء المحتملين لديك.
permission-instagram_basic = الاطلاع على اسم حسابك على إنستغرام وصورته ومنشوراته.
permission-instagram_manage_messages = استلام الرسائل المرسلة إلى حسابك على إنستغرام والرد عليها.
permission-instagram_manage_comments = قراءة التعليقات على منشوراتك على إنستغرام والرد عليها وإخفاؤها وحذفها.
permission-instagram_content_publish = نشر المنشورات على حسابك على إنستغرام.

## Start

landing-title = ربط نشاطك التجاري مع { $partner }
landing-lead = وصلك هذا الرابط من { $partner } لربط ما يلي. يستغرق الأمر نحو دقيقتين.
landing-title-again = تجديد ربط { $asset } مع { $partner }
landing-lead-again = انتهت صلاحية الربط. يُرجى تجديده على فيسبوك ليستمر عمل ما يلي.
message-from = رسالة من { $partner }
landing-next = الخطوات التالية
landing-step-login = تسجيل الدخول إلى فيسبوك
landing-step-login-more = تبقى كلمة السر لدى فيسبوك، ولا يمكن لهذا الموقع ولا لفريق { $partner } الاطلاع عليها.
landing-step-tick = تحديد كل صفحة مستخدَمة هنا
landing-step-tick-more = يعرض فيسبوك الصفحات وحسابات إنستغرام لتحديد ما يُضمَّن منها. يُرجى تحديد كل ما يعمل مع { $partner }، بما في ذلك ما سبق ربطه: فما يبقى دون تحديد يتوقف عن العمل.
landing-step-confirm = العودة إلى هنا والتأكيد
landing-step-confirm-more = بعد اختيار واحد منها يظهر لك ملخّص. لن يُربط أي شيء قبل تأكيدك.
landing-allow = الأذونات المطلوبة، ولماذا
landing-optional = اختياري
landing-optional-more = يمكنك على فيسبوك إيقاف ما يحمل علامة «اختياري»، وسيعمل الباقي من دونه.
landing-undo = يمكنك التراجع لاحقًا
landing-undo-more = يمكنك في أي وقت فتح الإعدادات على فيسبوك، ثم «عمليات دمج الأعمال»، وإزالة هذا الإدخال، فينتهي الربط فورًا.
landing-valid-date = هذا الرابط صالح حتى { $date }.
landing-valid-hours = { $n ->
    [zero] هذا الرابط صالح لأقل من ساعة.
    [one] هذا الرابط صالح لساعة واحدة أخرى.
    [two] هذا الرابط صالح لساعتين أخريين.
    [few] هذا الرابط صالح لمدة { $n } ساعات أخرى.
    [many] هذا الرابط صالح لمدة { $n } ساعةً أخرى.
   *[other] هذا الرابط صالح لمدة { $n } ساعة أخرى.
}
landing-valid-minutes = { $n ->
    [zero] هذا الرابط صالح لأقل من دقيقة.
    [one] هذا الرابط صالح لدقيقة واحدة أخرى.
    [two] هذا الرابط صالح لدقيقتين أخريين.
    [few] هذا الرابط صالح لمدة { $n } دقائق أخرى.
    [many] هذا الرابط صالح لمدة { $n } دقيقةً أخرى.
   *[other] هذا الرابط صالح لمدة { $n } دقيقة أخرى.
}
landing-hint = على فيسبوك، يُرجى تحديد كل صفحة مستخدَمة هنا.
landing-button = المتابعة باستخدام فيسبوك
landing-inside-app = فُتح هذا الرابط داخل تطبيق آخر
landing-inside-app-more = إذا تعذّر تسجيل الدخول إلى فيسبوك هنا، فيُرجى فتح قائمة التطبيق واختيار فتح الرابط في المتصفح.

## Choose

picker-title = ما المطلوب ربطه؟
picker-lead = يُرجى اختيار ما سيعمل مع { $partner }.
picker-legend = صفحاتك وحساباتك
picker-blocked = لا يمكن ربطها بوضعها الحالي
picker-button = متابعة
picker-page = صفحة فيسبوك
picker-instagram = حساب إنستغرام
picker-of-page = مرتبط بصفحة { $page }
picker-none = المطلوب غير موجود هنا؟
picker-none-more = لا يعرض لنا فيسبوك إلا ما جرى تحديده هناك. يمكنك العودة إليه وتحديد ما ينقص أيضًا.

blocked-no-instagram = لا يوجد حساب إنستغرام احترافي مرتبط بهذه الصفحة.
blocked-no-instagram-next = في تطبيق إنستغرام، يُرجى تحويل الحساب إلى حساب احترافي وربطه بهذه الصفحة، ثم التحقق مرة أخرى.
blocked-role-missing = دورك في هذه الصفحة لا يسمح بذلك.
blocked-role-missing-next = يُرجى أن يمنحك شخص لديه تحكّم كامل في الصفحة التحكّم الكامل فيها، أو أن يفتح هذا الرابط بنفسه.
blocked-no-access = لم يمنحنا فيسبوك إمكانية الوصول إلى هذه الصفحة.
blocked-no-access-next = يُرجى العودة إلى فيسبوك وتحديد هذه الصفحة. وإذا كانت تابعة لشركة، فقد تلزم موافقة مسؤولها.
blocked-other-asset = هذا الرابط يجدّد ربطًا آخر.
blocked-other-asset-next = لا يتغيّر شيء في هذه الصفحة أو هذا الحساب.
blocked-permission-missing = لم يُمنح الإذن في فيسبوك.
blocked-permission-missing-next = لربطه أيضًا، يمكن الرجوع إلى فيسبوك وتفعيل الإذن.

## Confirm

confirm-title = هل نربط { $asset }؟
confirm-lead = يُرجى المراجعة مرة أخيرة. لم يُربط أي شيء بعد.
confirm-asset = الصفحة أو الحساب
confirm-product = الغرض
confirm-partner = الجهة
confirm-note = لن تُربط صفحاتك وحساباتك الأخرى عبر هذا الرابط.
confirm-button = تأكيد
confirm-back = اختيار آخر
confirm-without = غير مشمول في الربط

## Done

done-title = تم ربط { $asset }
done-lead = يمكن لفريق { $partner } بدء العمل الآن. لا يلزمك فعل أي شيء آخر.
done-closing = ستُغلق هذه النافذة تلقائيًا بعد لحظات.
done-closed = يمكنك إغلاق هذه النافذة الآن.
done-return = الانتقال إلى { $partner }
done-returning = ستنتقل بعد لحظات إلى { $partner }.

## When it does not go on: title, cause, next step

trouble-cancelled-at-facebook-title = توقفت العملية على فيسبوك
trouble-cancelled-at-facebook-cause = أُلغي تسجيل الدخول إلى فيسبوك، لذلك لم يُربط أي شيء.
trouble-cancelled-at-facebook-next = إذا لم يكن ذلك مقصودًا، فيمكنك المحاولة مرة أخرى.

trouble-permission-declined-title = لم تُمنح كل الأذونات
trouble-permission-declined-cause = لا يمكن أن يعمل الربط دون ما جرى إيقافه على فيسبوك:
trouble-permission-declined-next = سيطلب فيسبوك ذلك مرة أخرى. يُرجى تركه مفعّلًا هذه المرة.

trouble-permission-declined-again-title = ما زال هذا الإذن متوقفًا
trouble-permission-declined-again-cause = لا يمكن أن يعمل الربط بدونه:
trouble-permission-declined-again-next = من لا يريد منح هذا الإذن يمكنه التوقف هنا وإبلاغ { $partner }: لم يُربط شيء. وإلا فيمكن تفعيله في فيسبوك ضمن إعدادات تسجيل الدخول.

trouble-no-pages-title = لا توجد صفحة لربطها
trouble-no-pages-cause = نجح تسجيل الدخول، لكن فيسبوك لم يعرض لنا أي صفحة: إما أنه لم تُحدَّد أي صفحة، وإما أن حساب فيسبوك هذا ليس له دور في أي صفحة.
trouble-no-pages-next = يُرجى العودة إلى فيسبوك وتحديد صفحتك. إذا لم تظهر هناك، فيمكنك طلب دور فيها من القائمين عليها، أو تسجيل الدخول بالحساب الذي له دور فيها. وإذا لم تكن لديك صفحة، فيلزم إنشاؤها على فيسبوك أولًا.

trouble-no-instagram-title = لا يوجد حساب إنستغرام لربطه
trouble-no-instagram-cause = ليست أي من صفحاتك مرتبطة بحساب إنستغرام احترافي.
trouble-no-instagram-next = في تطبيق إنستغرام، يُرجى فتح الإعدادات وتحويل الحساب إلى حساب احترافي (نشاط تجاري أو صانع محتوى) وربطه بصفحتك على فيسبوك، ثم التحقق هنا مرة أخرى.

trouble-no-usable-title = لا يمكن ربط أي من صفحاتك حتى الآن
trouble-no-usable-cause = عرض لنا فيسبوك صفحاتك، لكن كل واحدة منها ينقصها شيء.
trouble-no-usable-next = يظهر أدناه ما ينقص كل صفحة. يُرجى استكماله ثم التحقق هنا مرة أخرى.

trouble-other-asset-title = هذا الرابط مخصّص لـ { $asset }
trouble-other-asset-cause = إنه يجدّد ربطًا قائمًا، ولم يعرض لنا فيسبوك { $asset }.
trouble-other-asset-next = في فيسبوك، يُرجى تحديد { $asset } أيضًا، أو تسجيل الدخول بالحساب الذي يديره. لربط شيء آخر يمكن طلب رابط آخر من { $partner }.

trouble-link-expired-title = انتهت صلاحية هذا الرابط
trouble-link-expired-cause = تعمل الروابط لمدة محدودة، وقد انقضت مدة هذا الرابط.
trouble-link-expired-next = يُرجى طلب رابط جديد من { $partner }. لم يُفقد أي شيء.

trouble-link-cancelled-title = سُحب هذا الرابط
trouble-link-cancelled-cause = أُلغي هذا الرابط من جانب { $partner }.
trouble-link-cancelled-next = إذا كان الربط ما زال مطلوبًا، فيُرجى طلب رابط جديد من { $partner }.

trouble-link-finished-title = الربط قائم بالفعل
trouble-link-finished-cause = استُخدم هذا الرابط، والربط الذي أُنشئ به قائم.
trouble-link-finished-next = لا يلزمك فعل أي شيء آخر. لربط صفحة أخرى أو حساب آخر، يُرجى طلب رابط جديد من { $partner }.

trouble-link-unknown-title = هذا الرابط غير معروف لدينا
trouble-link-unknown-cause = العنوان غير مكتمل، أو أن الرابط لم يعد موجودًا.
trouble-link-unknown-next = يُرجى فتح الرابط مرة أخرى من الرسالة التي وصلتك، أو طلب رابط جديد.

trouble-connection-ended-title = لم يعد هناك ما يُجدَّد
trouble-connection-ended-cause = انتهى الربط الذي يجدّده هذا الرابط.
trouble-connection-ended-next = للربط من جديد، يمكن طلب رابط آخر من { $partner }.

trouble-session-lost-title = فقدنا أثرك في الطريق
trouble-session-lost-cause = عُدت من فيسبوك في متصفح آخر أو في نافذة خاصة، أو أن متصفحك لم يحتفظ بملف تعريف الارتباط الذي نتعرّف به عليك.
trouble-session-lost-next = يُرجى البدء من جديد والبقاء في المتصفح نفسه. لم يُربط أي شيء.

trouble-login-late-title = استغرق تسجيل الدخول وقتًا أطول من اللازم
trouble-login-late-cause = تمت العودة من فيسبوك بعد أكثر من ساعة. حرصًا على الأمان، لا يسري تسجيل الدخول إلا لهذه المدة.
trouble-login-late-next = يمكن البدء من جديد، وغالبًا ما يكون تسجيل الدخول في فيسبوك قد تم بالفعل. لم يُربط شيء.

trouble-cookies-refused-title = المتصفح لا يحفظ ملفات تعريف الارتباط
trouble-cookies-refused-cause = بعد العودة من فيسبوك نتعرّف على المتصفح بملف تعريف ارتباط، ولم يحفظ المتصفح ملف هذه الصفحة.
trouble-cookies-refused-next = يُرجى السماح بملفات تعريف الارتباط لهذه الصفحة، أو فتح الرابط في متصفح آخر. قد ترفضها أيضًا نافذة التصفح الخاص.

trouble-meta-down-title = لم يُجب فيسبوك
trouble-meta-down-cause = تعذّر الوصول إلى فيسبوك، أو أنه رفض الإجابة. لم يُربط أي شيء.
trouble-meta-down-next = يزول ذلك غالبًا خلال دقائق. يُرجى المحاولة مرة أخرى.

trouble-meta-busy-title = فيسبوك مشغول
trouble-meta-busy-cause = لا يقبل فيسبوك طلبات أخرى منا في الوقت الحالي. لم يُربط شيء.
trouble-meta-busy-next = يُرجى المحاولة من جديد بعد ساعة. يمكن إبقاء هذه الصفحة مفتوحة أو فتح الرابط لاحقًا.

trouble-meta-refused-title = رفض فيسبوك الطلب
trouble-meta-refused-cause = أجاب فيسبوك، لكنه لم يسمح لنا بالمتابعة. لم يُربط شيء.
trouble-meta-refused-next = يُرجى المحاولة مرة أخرى. إذا تكرر الرفض، يمكن إبلاغ { $partner } بأن فيسبوك رفض الطلب.

trouble-subscribe-failed-title = لم يُكمل فيسبوك الربط
trouble-subscribe-failed-cause = رفض فيسبوك إبلاغنا بما يحدث على هذه الصفحة أو في هذا الحساب، لذلك لم يتم الربط.
trouble-subscribe-failed-next = يُرجى المحاولة مرة أخرى. وإذا تكرر الرفض، فيمكنك اختيار صفحة أخرى، أو طلب فتح الرابط من شخص لديه تحكّم كامل في هذه الصفحة.

trouble-something-broke-title = حدث خطأ لدينا
trouble-something-broke-cause = الخطأ من جانبنا وليس من جانبك.
trouble-something-broke-next = يُرجى المحاولة مرة أخرى بعد دقيقة. وإذا تكرر الخطأ، فيُرجى إبلاغ من أرسل إليك الرابط.

trouble-not-found-title = لا يوجد شيء في هذا العنوان
trouble-not-found-cause = كُتب العنوان خطأً، أو فُقد جزء منه في الطريق.
trouble-not-found-next = يُرجى فتح الرابط مرة أخرى من الرسالة التي وصلتك.

trouble-too-many-title = رجاءً، بوتيرة أبطأ قليلًا
trouble-too-many-cause = وردت طلبات كثيرة خلال وقت قصير.
trouble-too-many-next = يُرجى الانتظار دقيقة ثم إعادة التحميل. لم يُفقد أي شيء.

trouble-data-deleted-title = حُذفت بياناتك
trouble-data-deleted-cause = لم يعد محفوظًا هنا أي شيء مما أخبر به Facebook هذه الخدمة عنك، وانتهت عمليات الربط التي أنشأتها.
trouble-data-deleted-next = لا يلزمك فعل أي شيء آخر.

trouble-code = رمز للدعم

action-again = المحاولة مرة أخرى
action-facebook = اختيار الصفحات على فيسبوك
action-permissions = مراجعة الأذونات على فيسبوك
action-check = التحقق مرة أخرى
action-start = البدء من جديد
action-another = اختيار آخر
