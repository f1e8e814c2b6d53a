# מה שהלקוחות קוראים, בעברית.
# $partner הוא העסק ששלח את הקישור, $asset הוא דף או חשבון אינסטגרם.

language-name = עברית
language-dir = rtl
language-dialog = he_IL

## Around every page

shell-title = { $page } · { $partner }
shell-skip = דילוג לתוכן
shell-language = שפה
shell-powered = מופעל באמצעות Jetbridge
shell-steps = שלבי החיבור
scene-you = העסק שלכם
partner-none = העסק ששלח לכם את הקישור
name-none = (ללא שם)

step-start = התחלה
step-facebook = פייסבוק
step-choose = בחירה
step-confirm = אישור
step-done = סיום
step-past = (הושלם)
step-stuck = (כאן חסר משהו)

## Dates

date = { $day } ב{ $month } { $year }
month-1 = ינואר
month-2 = פברואר
month-3 = מרץ
month-4 = אפריל
month-5 = מאי
month-6 = יוני
month-7 = יולי
month-8 = אוגוסט
month-9 = ספטמבר
month-10 = אוקטובר
month-11 = נובמבר
month-12 = דצמבר

## What can be connected

product-messenger = הודעות פייסבוק
product-messenger-what = הודעות שנשלחות במסנג׳ר אל דף הפייסבוק שלכם יגיעו אל { $partner }, ומשם גם יישלחו התשובות.
product-instagram-messaging = הודעות אינסטגרם
product-instagram-messaging-what = הודעות שנשלחות אל חשבון האינסטגרם שלכם יגיעו אל { $partner }, ומשם גם יישלחו התשובות.
product-facebook-page = דף פייסבוק
product-facebook-page-what = מערכת { $partner } תוכל לפרסם פוסטים בדף שלכם, לטפל בתגובות ולקבל את הלידים מהמודעות.
product-instagram-content = חשבון אינסטגרם
product-instagram-content-what = מערכת { $partner } תוכל לפרסם פוסטים בחשבון האינסטגרם שלכם ולטפל בתגובות.

## Permissions, as Meta names them

group-see = צפייה במה שיש לכם
group-messages = הודעות
group-posts = פוסטים ותגובות
group-leads = לידים ממודעות
group-signal = עדכון על כל דבר חדש

permission-pages_show_list = לראות את רשימת הדפים שלכם, כדי שתוכלו לבחור כאן אחד מהם.
permission-pages_read_engagement = לקרוא את הפוסטים בדף ואת התגובות אליהם, כדי להציג על מה מדובר.
permission-pages_read_user_content = לקרוא מה אחרים כותבים בדף, כדי שאף תגובה לא תתפספס.
permission-pages_messaging = לקבל הודעות שנשלחות אל הדף ולענות עליהן, גם בפרטי בעקבות תגובה.
permission-pages_manage_metadata = לקבל עדכון מיידי כשמשהו חדש מגיע לדף, בלי לחפש אותו.
permission-pages_manage_posts = לפרסם פוסטים בדף, לערוך אותם ולמחוק אותם.
permission-pages_manage_engagement = לענות על תגובות בדף, להסתיר או למחוק אותן ולסמן לייק בשם הדף.
permission-pages_manage_ads = לראות אילו מודעות שייכות לדף, כדי לדעת מאיפה הגיע כל ליד.
permission-ads_management = לקרוא את הטפסים והקמפיינים שמאחורי המודעות, כדי להבין את ההקשר של כל ליד.
permission-leads_retrieval = לקבל את הפרטים שאנשים משאירים בטופסי הלידים שלכם.
permission-instagram_basic = לראות את השם, התמונה והפוסטים של חשבון האינסטגרם שלכם.
permission-instagram_manage_messages = לקבל הודעות שנשלחות אל חשבון האינסטגרם ולענות עליהן.
permission-instagram_manage_comments = לקרוא תגובות על הפוסטים שלכם באינסטגרם, לענות עליהן, להסתיר או למחוק אותן.
permission-instagram_content_publish = לפרסם פוסטים בחשבון האינסטגרם שלכם.

## Start

landing-title = חיבור העסק שלכם אל { $partner }
landing-lead = קיבלתם את הקישור הזה מאת { $partner } כדי לחבר את מה שמפורט כאן. זה לוקח כשתי דקות.
landing-title-again = חידוש החיבור של { $asset } אל { $partner }
landing-lead-again = תוקף החיבור פג. כדי שהכול ימשיך לפעול, יש לחדש אותו בפייסבוק.
message-from = הודעה מאת { $partner }
landing-next = מה קורה עכשיו
landing-step-login = מתחברים לפייסבוק
landing-step-login-more = הסיסמה נשארת אצל פייסבוק: לא הדף הזה ולא { $partner } רואים אותה.
landing-step-tick = מסמנים את כל הדפים שבשימוש
landing-step-tick-more = פייסבוק שואל אילו דפים וחשבונות אינסטגרם לכלול. סמנו את כל מה שפועל עם { $partner }, גם מה שחובר בעבר: מה שיישאר בלי סימון יפסיק לפעול.
landing-step-confirm = חוזרים לכאן ומאשרים
landing-step-confirm-more = בוחרים אחד מהם ורואים סיכום. שום דבר לא יחובר לפני שתאשרו.
landing-allow = מה אתם מאשרים, ולמה
landing-optional = לא חובה
landing-optional-more = אפשר לבטל בפייסבוק את מה שמסומן כלא חובה. כל השאר יפעל גם בלעדיו.
landing-undo = תמיד אפשר לבטל
landing-undo-more = בכל רגע, בפייסבוק: נכנסים להגדרות, משם אל ״שילובים עסקיים״, ומסירים את הפריט. החיבור נפסק מיד.
landing-valid-date = הקישור בתוקף עד { $date }.
landing-valid-hours = { $n ->
    [one] הקישור בתוקף לעוד שעה אחת.
    [two] הקישור בתוקף לעוד שעתיים.
   *[other] הקישור בתוקף לעוד { $n } שעות.
}
landing-valid-minutes = { $n ->
    [one] הקישור בתוקף לעוד דקה אחת.
    [two] הקישור בתוקף לעוד שתי דקות.
   *[other] הקישור בתוקף לעוד { $n } דקות.
}
landing-hint = בפייסבוק, סמנו את כל הדפים שבשימוש.
landing-button = המשך עם פייסבוק
landing-inside-app = הקישור נפתח בתוך אפליקציה אחרת
landing-inside-app-more = אם אי אפשר להתחבר כאן לפייסבוק, פתחו את תפריט האפליקציה ובחרו לפתוח את הדף בדפדפן.

## Choose

picker-title = מה לחבר?
picker-lead = בחרו את מה שיפעל עם { $partner }.
picker-legend = הדפים והחשבונות שלכם
picker-blocked = אי אפשר לחבר כרגע
picker-button = המשך
picker-page = דף פייסבוק
picker-instagram = חשבון אינסטגרם
picker-of-page = בדף { $page }
picker-none = לא מצאתם את מה שחיפשתם?
picker-none-more = פייסבוק מציג לנו רק את מה שסימנתם שם. חזרו לפייסבוק וסמנו גם את מה שחסר.

blocked-no-instagram = לדף הזה לא מקושר חשבון אינסטגרם מקצועי.
blocked-no-instagram-next = באפליקציית אינסטגרם, עברו לחשבון מקצועי וקשרו אותו לדף הזה. אחר כך בדקו שוב.
blocked-role-missing = התפקיד שלכם בדף הזה לא מאפשר זאת.
blocked-role-missing-next = בקשו מבעלי שליטה מלאה בדף לתת גם לכם שליטה מלאה, או לפתוח את הקישור הזה במקומכם.
blocked-no-access = פייסבוק לא נתן לנו גישה לדף הזה.
blocked-no-access-next = חזרו לפייסבוק וסמנו את הדף הזה. אם הדף שייך לחברה, ייתכן שנדרש אישור מצידה.
blocked-other-asset = הקישור הזה מחדש חיבור אחר.
blocked-other-asset-next = שום דבר לא משתנה בדף או בחשבון הזה.
blocked-permission-missing = ההרשאה לא ניתנה בפייסבוק.
blocked-permission-missing-next = כדי לחבר גם את זה, חוזרים לפייסבוק ומפעילים את ההרשאה.

## Confirm

confirm-title = לחבר את { $asset }?
confirm-lead = כדאי לבדוק שוב. עדיין לא חובר דבר.
confirm-asset = מה מחברים
confirm-product = לשם מה
confirm-partner = עם מי
confirm-note = שאר הדפים והחשבונות שלכם לא יחוברו דרך הקישור הזה.
confirm-button = אישור
confirm-back = בחירה אחרת
confirm-without = לא נכלל בחיבור

## Done

done-title = החיבור של { $asset } הושלם
done-lead = מערכת { $partner } יכולה להתחיל לעבוד. אין צורך לעשות דבר נוסף.
done-closing = הדף ייסגר מעצמו בעוד רגע.
done-closed = אפשר לסגור את הדף.
done-return = מעבר אל { $partner }
done-returning = עוד רגע עוברים אל { $partner }.

## When it does not go on: title, cause, next step

trouble-cancelled-at-facebook-title = ההתחברות נעצרה בפייסבוק
trouble-cancelled-at-facebook-cause = ההתחברות בפייסבוק בוטלה, ולכן לא חובר דבר.
trouble-cancelled-at-facebook-next = אם לא לכך התכוונתם, פשוט נסו שוב.

trouble-permission-declined-title = חלק מההרשאות לא אושרו
trouble-permission-declined-cause = החיבור לא יכול לפעול בלי מה שבוטל בפייסבוק:
trouble-permission-declined-next = פייסבוק ישאל על כך שוב. הפעם השאירו את זה מסומן.

trouble-permission-declined-again-title = זה עדיין כבוי
trouble-permission-declined-again-cause = החיבור לא יכול לעבוד בלי זה:
trouble-permission-declined-again-next = אם אין רצון לאשר, אפשר לעצור כאן ולעדכן את { $partner }: שום דבר לא חובר. אחרת, מפעילים את ההרשאה בפייסבוק, בהגדרות של ההתחברות.

trouble-no-pages-title = אין דף שאפשר לחבר
trouble-no-pages-cause = ההתחברות הצליחה, אבל פייסבוק לא הציג לנו אף דף: או שלא סומן דף, או שלחשבון הפייסבוק הזה אין תפקיד באף דף.
trouble-no-pages-next = חזרו לפייסבוק וסמנו את הדף שלכם. אם הוא לא מופיע שם, בקשו תפקיד ממנהלי הדף, או התחברו עם החשבון שיש לו תפקיד כזה. אם עדיין אין לכם דף, צרו אותו קודם בפייסבוק.

trouble-no-instagram-title = אין חשבון אינסטגרם שאפשר לחבר
trouble-no-instagram-cause = אף אחד מהדפים שלכם לא מקושר לחשבון אינסטגרם מקצועי.
trouble-no-instagram-next = באפליקציית אינסטגרם, היכנסו להגדרות, עברו לחשבון מקצועי (עסק או יוצר תוכן) וקשרו אותו לדף הפייסבוק שלכם. אחר כך בדקו כאן שוב.

trouble-no-usable-title = עדיין אי אפשר לחבר אף אחד מהדפים
trouble-no-usable-cause = פייסבוק הציג לנו את הדפים שלכם, אבל בכל אחד מהם חסר משהו.
trouble-no-usable-next = ליד כל דף כתוב מה חסר בו. השלימו את החסר ובדקו כאן שוב.

trouble-other-asset-title = הקישור הזה מיועד עבור { $asset }
trouble-other-asset-cause = הוא מחדש חיבור קיים, ופייסבוק לא הציג לנו את { $asset }.
trouble-other-asset-next = בפייסבוק, צריך לסמן גם את { $asset }, או להתחבר עם החשבון שמנהל אותו. כדי לחבר משהו אחר, אפשר לבקש קישור נוסף מאת { $partner }.

trouble-link-expired-title = תוקף הקישור פג
trouble-link-expired-cause = קישורים פועלים לזמן מוגבל, והזמן של הקישור הזה עבר.
trouble-link-expired-next = בקשו קישור חדש מאת { $partner }. שום דבר לא אבד.

trouble-link-cancelled-title = הקישור בוטל
trouble-link-cancelled-cause = הקישור הזה בוטל על ידי { $partner }.
trouble-link-cancelled-next = אם אתם עדיין רוצים להתחבר, בקשו קישור חדש מאת { $partner }.

trouble-link-finished-title = החיבור כבר קיים
trouble-link-finished-cause = נעשה שימוש בקישור, והחיבור שנוצר דרכו פועל.
trouble-link-finished-next = אין צורך לעשות דבר נוסף. כדי לחבר דף או חשבון נוסף, בקשו קישור חדש מאת { $partner }.

trouble-link-unknown-title = הקישור הזה לא מוכר לנו
trouble-link-unknown-cause = הכתובת אינה שלמה, או שהקישור כבר לא קיים.
trouble-link-unknown-next = פתחו שוב את הקישור מההודעה שקיבלתם, או בקשו קישור חדש.

trouble-connection-ended-title = אין יותר מה לחדש
trouble-connection-ended-cause = החיבור שהקישור הזה מחדש הסתיים.
trouble-connection-ended-next = כדי לחבר מחדש, אפשר לבקש קישור נוסף מאת { $partner }.

trouble-session-lost-title = איבדנו אתכם בדרך
trouble-session-lost-cause = חזרתם מפייסבוק בדפדפן אחר או בחלון פרטי, או שהדפדפן לא שמר את קובץ ה-cookie שמאפשר לנו לזהות אתכם.
trouble-session-lost-next = התחילו מחדש והישארו באותו דפדפן. לא חובר דבר.

trouble-login-late-title = ההתחברות ארכה זמן רב מדי
trouble-login-late-cause = חזרת מפייסבוק אחרי יותר משעה. מטעמי בטיחות, התחברות תקפה רק לפרק הזמן הזה.
trouble-login-late-next = אפשר להתחיל מחדש. בדרך כלל כבר מחוברים בפייסבוק, ולכן זה מהיר. שום דבר לא חובר.

trouble-cookies-refused-title = הדפדפן לא שומר קובצי Cookie
trouble-cookies-refused-cause = אחרי פייסבוק אנחנו מזהים אותך לפי קובץ Cookie, והדפדפן לא שמר את הקובץ של הדף הזה.
trouble-cookies-refused-next = צריך לאפשר קובצי Cookie לדף הזה, או לפתוח את הקישור בדפדפן אחר. גם חלון פרטי עלול לחסום אותם.

trouble-meta-down-title = פייסבוק לא ענה
trouble-meta-down-cause = לא הצלחנו להגיע לפייסבוק, או שפייסבוק סירב לענות. לא חובר דבר.
trouble-meta-down-next = לרוב זה עובר תוך כמה דקות. נסו שוב.

trouble-meta-busy-title = יש עומס בפייסבוק
trouble-meta-busy-cause = פייסבוק לא מקבל מאיתנו בקשות נוספות כרגע. שום דבר לא חובר.
trouble-meta-busy-next = כדאי לנסות שוב בעוד שעה. אפשר להשאיר את הדף פתוח, או לפתוח את הקישור שוב מאוחר יותר.

trouble-meta-refused-title = פייסבוק סירב
trouble-meta-refused-cause = פייסבוק ענה, אבל לא נתן לנו להמשיך. שום דבר לא חובר.
trouble-meta-refused-next = כדאי לנסות פעם נוספת. אם הסירוב חוזר, אפשר לעדכן את { $partner } ולציין שפייסבוק סירב.

trouble-subscribe-failed-title = פייסבוק לא השלים את החיבור
trouble-subscribe-failed-cause = פייסבוק סירב לעדכן אותנו במה שקורה בדף או בחשבון הזה, ולכן הוא לא חובר.
trouble-subscribe-failed-next = נסו פעם נוספת. אם פייסבוק יסרב שוב, בחרו דף אחר, או בקשו מבעלי שליטה מלאה בדף הזה לפתוח את הקישור.

trouble-something-broke-title = משהו השתבש אצלנו
trouble-something-broke-cause = התקלה אצלנו, לא אצלכם.
trouble-something-broke-next = נסו שוב בעוד דקה. אם זה יקרה שוב, ספרו על כך למי ששלח לכם את הקישור.

trouble-not-found-title = אין דבר בכתובת הזו
trouble-not-found-cause = נפלה טעות בכתובת, או שחלק ממנה אבד בדרך.
trouble-not-found-next = פתחו שוב את הקישור מההודעה שקיבלתם.

trouble-too-many-title = קצת יותר לאט, בבקשה
trouble-too-many-cause = הגיעו בקשות רבות בזמן קצר.
trouble-too-many-next = המתינו דקה וטענו את הדף שוב. שום דבר לא אבד.

trouble-data-deleted-title = הנתונים שלכם נמחקו
trouble-data-deleted-cause = שום דבר ממה שפייסבוק מסרה לשירות הזה עליכם אינו נשמר כאן עוד, והחיבורים שיצרתם הסתיימו.
trouble-data-deleted-next = אין צורך לעשות דבר נוסף.

trouble-code = קוד לתמיכה

action-again = ניסיון נוסף
action-facebook = בחירת דפים בפייסבוק
action-permissions = בדיקת ההרשאות בפייסבוק
action-check = בדיקה נוספת
action-start = התחלה מחדש
action-another = בחירה אחרת
